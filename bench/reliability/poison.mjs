// Requests that end their worker are not to end the service; workers that cannot start are, so that it is started anew.
import { setTimeout as wait } from "node:timers/promises";
import { crossEntropy, large } from "./bodies.mjs";
import { askOnce, makePost } from "./client.mjs";
import { always, atMost } from "./promises.mjs";
import { launch, startService } from "./service.mjs";
import { makeSpoiledCopy, poisons } from "./spoiled_copy.mjs";

const poisonous = 3;
const ordinary = 20;
const patienceMs = 30_000;
/** So that the end of a worker's heap comes within a second. */
const smallHeap = { NODE_OPTIONS: "--max-old-space-size=128" };
const never = Number.POSITIVE_INFINITY;

/** Large enough for a worker, whatever it says. */
const makePoison = (poison) => makePost(crossEntropy, JSON.stringify({ note: poison, padding: " ".repeat(100_000) }));

/** How many ordinary requests, each for a worker, are a 200 after the poisonous ones. */
async function countAnswered(folder, poison, environment) {
  const { port } = await startService({ folder, environment });
  for (let i = 0; i < poisonous; i++) await askOnce(port, makePoison(poison));
  const request = makePost(crossEntropy, large());
  let answered = 0;
  for (let i = 0; i < ordinary; i++) {
    if ((await askOnce(port, request, { keepBodies: false })).status === 200) answered++;
  }
  return answered;
}

/** The exit code of a service, "never" where it has not ended. */
async function exitCodeOf({ exit }) {
  const late = new AbortController();
  const code = await Promise.race([exit, wait(patienceMs, never, { signal: late.signal }).catch(() => never)]);
  late.abort();
  return code;
}

/** Its workers could start once; then one is ended, and none can be put in its place. */
async function exitCodeAfterLosing({ folder, breakWorkers }) {
  const service = await startService({ folder });
  breakWorkers();
  await askOnce(service.port, makePoison(poisons.crash), { timeoutMs: 5000 });
  return exitCodeOf(service);
}

async function secondsToFailure(service) {
  const started = performance.now();
  const code = await exitCodeOf(service);
  return code === 0 || code === never ? never : (performance.now() - started) / 1000;
}

export function checkPoison() {
  return {
    title: "Poisonous requests, and workers that cannot start",
    how:
      "A copy of dist/ whose worker.js looks for a word in each job before the worker does, and throws, or allocates until the " +
      `heap ends (128 MB here). ${poisonous} such requests are sent, and then ${ordinary} of 1.9 MB. Then a copy whose worker.js only throws, ` +
      `from the start, or from a moment when all workers run and one of them is ended. "never" is ${patienceMs / 1000} s.`,
    figures: {
      afterCrashes: { what: `answered 200 after ${poisonous} that throw, of ${ordinary}`, promise: always(ordinary) },
      afterMemory: {
        what: `answered 200 after ${poisonous} that end the heap, of ${ordinary}`,
        promise: always(ordinary),
      },
      exitLater: { what: "exit code where no worker starts any more", promise: always(1) },
      endsAtStart: {
        what: "s to an exit code other than 0 where none ever starts",
        promise: atMost(patienceMs / 1000),
      },
    },
    async measure({ folder }) {
      const copy = makeSpoiledCopy(folder);
      try {
        const afterCrashes = await countAnswered(copy.folder, poisons.crash, {});
        const afterMemory = await countAnswered(copy.folder, poisons.memory, smallHeap);
        const exitLater = await exitCodeAfterLosing(copy);
        const endsAtStart = await secondsToFailure(await launch({ folder: copy.folder }));
        return { afterCrashes, afterMemory, exitLater, endsAtStart };
      } finally {
        copy.remove();
      }
    },
  };
}
