// A load in a process of its own, so that who measures beside it is not late: connections that post large bodies and do not
// wait. One that was refused posts again at once, as wrk does, whatever Retry-After says: that is the hard case, where
// refusals could take all of the time. One that was closed or reset connects anew at once.
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { crossEntropy, large } from "./bodies.mjs";
import { Client, makePost, says } from "./client.mjs";

/** Where nothing listens, trying again at once would only take the processor. */
const reconnectMs = 20;
const patienceMs = 120_000;

async function post(port, request, count) {
  while (true) {
    const client = new Client(port, { keepBodies: false });
    while (client.open) {
      const { status, head, fault } = await client.ask(request, { timeoutMs: patienceMs });
      count(status ?? fault);
      if (fault === "refused") await wait(reconnectMs);
      if (says(head, "connection", "close")) break;
    }
    client.close();
  }
}

async function main([port, connections, warmUpMs, countedMs]) {
  const request = makePost(crossEntropy, large());
  let counts = {};
  const count = (outcome) => {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  };
  for (let i = 0; i < connections; i++) post(port, request, count);
  await wait(warmUpMs);
  counts = {};
  await wait(countedMs);
  process.send(counts, () => process.exit());
}

/**
 * Puts load on a service and gives the number of outcomes by status and fault, without those of the warm-up.
 * @param {{ connections: number, warmUpMs: number, countedMs: number }} load
 * @returns {Promise<Record<string, number>>}
 */
export async function loadService(port, { connections, warmUpMs, countedMs }) {
  const words = [port, connections, warmUpMs, countedMs].map(String);
  const [counts] = await once(fork(fileURLToPath(import.meta.url), words), "message");
  return counts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2).map(Number));
