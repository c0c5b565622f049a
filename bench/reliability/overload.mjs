// More large bodies than the workers can compute: what is still answered, and what a health check waits.
import { setTimeout as wait } from "node:timers/promises";
import { askOnce, makeRequest } from "./client.mjs";
import { loadService } from "./load.mjs";
import { atLeast, atMost } from "./promises.mjs";

const askLive = makeRequest("GET", "/health/live", { connection: "close" });
const probeEveryMs = 150;
const probePatienceMs = 20_000;

/** Asks /health/live on a new connection at fixed times, whether or not the last one was answered. */
function probeHealth(port) {
  const waits = [];
  const probe = async () => {
    const { status, ms } = await askOnce(port, askLive, { timeoutMs: probePatienceMs });
    return status === 200 ? ms / 1000 : Number.POSITIVE_INFINITY;
  };
  const timer = setInterval(() => waits.push(probe()), probeEveryMs);
  return async () => {
    clearInterval(timer);
    return Math.max(...(await Promise.all(waits)));
  };
}

async function measureLoad(port, connections, { warmUpMs, countedMs }) {
  const stop = probeHealth(port);
  const counts = await loadService(port, { connections, warmUpMs, countedMs });
  const slowestProbe = await stop();
  // What the load left in flight is not to be the next load's.
  await wait(500);
  const rate = (outcome) => (1000 * (counts[outcome] ?? 0)) / countedMs;
  const lost = rate("reset") + rate("eof") + rate("timeout");
  return { goodput: rate(200), refused: rate(429), lost, slowestProbe };
}

export function checkOverload({ quick }) {
  const times = quick ? { warmUpMs: 700, countedMs: 2000 } : { warmUpMs: 1500, countedMs: 6000 };
  return {
    title: "Overload by large bodies",
    how:
      `16, 160 and 320 connections post 1.9 MB, for ${times.countedMs / 1000} s each after ${times.warmUpMs / 1000} s of warming up, from a ` +
      "process of their own. Who is refused posts again at once, whatever Retry-After says, and who is closed or reset " +
      `connects again at once. /health/live is asked each ${probeEveryMs} ms on a new connection.`,
    figures: {
      at16: { what: "answered 200 a second, 16 connections" },
      at160: { what: "160 connections" },
      at320: { what: "320 connections" },
      refused160: { what: "429 a second, 160 connections" },
      refused320: { what: "320 connections" },
      lost: { what: "closed without a whole reply, a second, 320 connections" },
      ratio160: { what: "answered 200 at 160 connections, × that at 16", promise: atLeast(0.8) },
      ratio320: { what: "at 320 connections", promise: atLeast(0.8) },
      probe160: { what: "the slowest /health/live at 160 connections, s", promise: atMost(1) },
      probe320: { what: "at 320 connections, s", promise: atMost(1) },
    },
    async measure({ start }) {
      const { port } = await start({});
      const few = await measureLoad(port, 16, times);
      const many = await measureLoad(port, 160, times);
      const most = await measureLoad(port, 320, times);
      return {
        at16: few.goodput,
        at160: many.goodput,
        at320: most.goodput,
        refused160: many.refused,
        refused320: most.refused,
        lost: most.lost,
        ratio160: many.goodput / few.goodput,
        ratio320: most.goodput / few.goodput,
        probe160: many.slowestProbe,
        probe320: most.slowestProbe,
      };
    },
  };
}
