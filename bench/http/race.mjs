// One row: every server that speaks one of its formats is started, has to answer rightly, and is then measured in turn.
import { answerOf, findFault, tolerances } from "./answers.mjs";
import { makeBatch } from "./batches.mjs";
import { measures } from "./measure.mjs";
import { pinLoad, startServer, stopServer } from "./servers.mjs";
import { makeRequest, readReply } from "./wires.mjs";

/**
 * The figures of each entry, one a round, and the reasons of those that have none.
 * @param {{ rounds: number, seconds: number }} effort
 */
export async function runRow(row, entrants, { rounds, seconds }) {
  const batch = makeBatch(row.batch);
  const expected = answerOf(batch);
  const requests = Object.fromEntries(row.wires.map((wire) => [wire, makeRequest(wire, batch)]));
  const servers = [];
  const lanes = [];
  const leftOut = [];
  const measure = measures[row.measure];
  const leaveOut = ({ name, wire }, error) => leftOut.push({ name, wire, reason: error.message });
  pinLoad(row.cores);
  try {
    for (const entrant of entrants) {
      const entries = entrant.entries.filter(({ wire }) => row.wires.includes(wire));
      if (entries.length === 0) continue;
      try {
        servers.push(await startServer(entrant, row.cores));
      } catch (error) {
        for (const entry of entries) leaveOut(entry, error);
        continue;
      }
      for (const entry of entries) {
        const { query, headers, body } = requests[entry.wire];
        const target = { url: servers.at(-1).url + entry.path + query, headers, body };
        try {
          await check(entry, target, batch, expected);
          const round = await measure.prepare(target, seconds);
          lanes.push({ entry, bytes: body.length, figures: [], round });
        } catch (error) {
          leaveOut(entry, error);
        }
      }
    }
    for (let turn = 0; turn < rounds; turn++) {
      for (const lane of lanes) lane.figures.push(await lane.round());
    }
  } finally {
    for (const server of servers) await stopServer(server);
  }
  const results = lanes.map(({ entry: { name, group, wire }, bytes, figures }) => ({
    name,
    group,
    wire,
    bytes,
    figures,
  }));
  return { title: row.title, results, leftOut };
}

/** Throws where a server does not give the engine's numbers; the echo has only to give back what it got. */
async function check({ group, wire }, { url, headers, body }, batch, expected) {
  const response = await fetch(url, { method: "POST", headers, body });
  const reply = { headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${reply.body.toString("utf8", 0, 300)}`);
  const fault =
    group === "floor"
      ? !reply.body.equals(body) && "is no echo"
      : findFault(readReply(wire, reply, batch), expected, tolerances[batch.precision]);
  if (fault) throw new Error(`answered wrongly: ${fault}`);
}
