// A deadline that is short for the work: what cannot be in time is not to take the time of what can.
import { loadService } from "./load.mjs";
import { countNewWorkers } from "./process_figures.mjs";
import { atLeast, atMost } from "./promises.mjs";

const environment = { REQUEST_TIMEOUT_MS: "150", HEADERS_TIMEOUT_MS: "150", WORKERS: "8" };
const connections = 8;
/** Bodies of 1.9 MB are cut from here on; by default they are not. */
const cutAt = { CUT_BYTES_MIN: String(2 ** 20) };

async function measureShare({ port, pid }, countedMs) {
  const workers = countNewWorkers(pid);
  const counts = await loadService(port, { connections, warmUpMs: 0, countedMs });
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { share: (counts[200] ?? 0) / all, replaced: workers.stop() };
}

export function checkDeadlines({ quick }) {
  const countedMs = quick ? 2000 : 8000;
  return {
    title: "Deadlines that are short for the work",
    how:
      `REQUEST_TIMEOUT_MS=150 and WORKERS=8; ${connections} connections post 1.9 MB for ${countedMs / 1000} s, from the service's first request ` +
      "on. Once by default, where such bodies are not cut, and once with CUT_BYTES_MIN=1048576, where they are.",
    figures: {
      share: { what: "share answered 200", promise: atLeast(0.8) },
      replaced: { what: "workers replaced", promise: atMost(2) },
      cutShare: { what: "share answered 200, cut", promise: atLeast(0.8) },
      cutReplaced: { what: "workers replaced, cut", promise: atMost(2) },
    },
    async measure({ start }) {
      const plain = await measureShare(await start(environment), countedMs);
      const cut = await measureShare(await start({ ...environment, ...cutAt }), countedMs);
      return { ...plain, cutShare: cut.share, cutReplaced: cut.replaced };
    },
  };
}
