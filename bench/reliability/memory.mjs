// Many small requests, one after the other: what stays behind of them, and what becomes of the connection they came by.
import { setTimeout as wait } from "node:timers/promises";
import { crossEntropy, small } from "./bodies.mjs";
import { Client, makePost } from "./client.mjs";
import { residentMB } from "./process_figures.mjs";
import { always, atMost, format } from "./promises.mjs";

/** Enough that each HTTP thread has some of them: what it compiles at its first requests is no leak. */
const connections = 16;
/** How often a client asks that has little to ask. */
const everyMs = 200;
/** How much later than REQUEST_TIMEOUT_MS Node's own net would end a connection. */
const marginMs = 5000;

async function askMany(port, request, amount) {
  let left = amount;
  const client = async () => {
    const connection = new Client(port, { keepBodies: false });
    while (left-- > 0) {
      const { status, fault } = await connection.ask(request);
      if (status !== 200) throw new Error(`a small request was answered ${status ?? fault}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, client));
}

/** MB that the second half of the requests adds to the process. */
async function measureGrowth({ port, pid }, amount) {
  const request = makePost(crossEntropy, small());
  await askMany(port, request, amount);
  const before = residentMB(pid);
  await askMany(port, request, amount);
  return residentMB(pid) - before;
}

/** Seconds that a connection in use lives: Infinity where it outlives the timeout and the net below. */
async function measureLife({ port }, timeoutMs) {
  const request = makePost(crossEntropy, small());
  const client = new Client(port);
  const started = performance.now();
  while (performance.now() - started < timeoutMs + marginMs + 2000) {
    const { status } = await client.ask(request);
    if (status !== 200) return (performance.now() - started) / 1000;
    await wait(everyMs);
  }
  client.close();
  return Number.POSITIVE_INFINITY;
}

export function checkMemory({ quick }) {
  const amount = quick ? 5000 : 20_000;
  const timeoutMs = quick ? 500 : 2000;
  return {
    title: "What small requests leave behind",
    how:
      `${connections} connections ask ${format(amount)} times 32×10, and as often again. Beside that, another service with REQUEST_TIMEOUT_MS=${timeoutMs} ` +
      `is asked each ${everyMs} ms on one connection, for 2 s longer than the timeout and 5 s.`,
    figures: {
      growth: {
        what: `resident memory over ${format(amount)} requests after ${format(amount)} others, MB`,
        promise: atMost(15),
      },
      life: { what: "the connection in use is cut after, s", promise: always(Number.POSITIVE_INFINITY) },
    },
    async measure({ start }) {
      const [service, other] = [
        await start({}),
        await start({ REQUEST_TIMEOUT_MS: String(timeoutMs), HEADERS_TIMEOUT_MS: String(timeoutMs) }),
      ];
      const [growth, life] = await Promise.all([measureGrowth(service, amount), measureLife(other, timeoutMs)]);
      return { growth, life };
    },
  };
}
