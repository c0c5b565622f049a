// That nothing of this made a reply slower: the bench's own client and rows, both codes in turn.
import { makeBatch } from "../http/batches.mjs";
import { ours } from "../http/entrants.mjs";
import { measures } from "../http/measure.mjs";
import { pinLoad, startServer, stopServer } from "../http/servers.mjs";
import { makeRequest } from "../http/wires.mjs";
import { atLeastOfOld } from "./promises.mjs";

const seconds = 3;
/** Two runs of the same code differ by so much. */
const noise = 0.95;
const json = "/v1/losses/cross_entropy";
const rows = {
  small: { what: "32×10 JSON", wire: "json", path: json, batch: { rows: 32, columns: 10, precision: "FP64" } },
  large: { what: "1024×100 JSON", wire: "json", path: json, batch: { rows: 1024, columns: 100, precision: "FP64" } },
  v2: {
    what: "1024×100 v2 binary FP32",
    wire: "v2Binary",
    path: "/v2/models/cross_entropy/infer",
    batch: { rows: 1024, columns: 100, precision: "FP32" },
  },
};

/** Requests a second, after half as long to warm up and as many seconds to compile what is used. */
async function measureRow(url, { wire, path, batch }) {
  const { query, headers, body } = makeRequest(wire, makeBatch(batch));
  const round = await measures.rate.prepare({ url: url + path + query, headers, body }, { seconds });
  await round();
  return (await round()).figure;
}

export function checkSpeed() {
  const figures = Object.entries(rows).map(([name, { what }]) => [
    name,
    { what: `${what}, requests/s`, promise: atLeastOfOld(noise) },
  ]);
  return {
    title: "No reply slower than before",
    how:
      `16 connections, the server on core 0 and the load on core 1, ${seconds} s after as many of warming up, a fresh process a turn. ` +
      `The promise is on the median of the turns' ratios; below ${noise} is more than two runs of the same code differ by.`,
    needsOld: true,
    figures: Object.fromEntries(figures),
    async measure({ folder }) {
      pinLoad("one");
      const server = await startServer({ ...ours, folder }, "one");
      try {
        const values = {};
        for (const [name, row] of Object.entries(rows)) values[name] = await measureRow(server.url, row);
        return values;
      } finally {
        await stopServer(server);
        pinLoad("all");
      }
    },
  };
}
