// Bodies that are small, or within every bound, and dear: what memory and time each takes, on a service of its own.
import { setTimeout as wait } from "node:timers/promises";
import { crossEntropy, small } from "./bodies.mjs";
import { amounts, dearCases, fullBatches, fullBodies, growingBodies, packedClaim } from "./bomb_bodies.mjs";
import { askOnce, makePost } from "./client.mjs";
import { forgetPeak, peakMB, processorSeconds, residentMB } from "./process_figures.mjs";
import { atMost } from "./promises.mjs";

const patienceMs = 15_000;
const memoryMBMax = 900;
const secondsMax = 10;
const processorSecondsMax = 0.5;
const quickBodies = ["strings", "computeKeys", "elementwise", "claim"];

const isRefusal = ({ status }) => status >= 400 && status < 500;
const isAnswer = (reply) => reply.status === 200 || isRefusal(reply);
const secondsOf = (reply) => (isAnswer(reply) ? reply.ms / 1000 : Number.POSITIVE_INFINITY);

/** Asks in parallel, and gives the slowest answer's seconds and the memory over the idle process that it took. */
async function detonate({ port, pid }, requests) {
  await askOnce(port, makePost(crossEntropy, small()));
  await wait(200);
  forgetPeak(pid);
  const idle = residentMB(pid);
  const ask = (request) => askOnce(port, request, { timeoutMs: patienceMs, keepBodies: false });
  const replies = await Promise.all(requests.map(ask));
  return { replies, memory: peakMB(pid) - idle, seconds: Math.max(...replies.map(secondsOf)) };
}

/** From the largest down to the first that is not refused; the worst of all of them. */
async function detonateDown(service, { path, make }) {
  const worst = { memory: 0, seconds: 0 };
  for (const values of amounts()) {
    const { replies, memory, seconds } = await detonate(service, [makePost(path, make(values))]);
    worst.memory = Math.max(worst.memory, memory);
    worst.seconds = Math.max(worst.seconds, seconds);
    if (!replies.every(isRefusal)) break;
  }
  return worst;
}

/** Processor time of a request that is answered; 0 where it is refused and the reply names the bound. */
async function measureProcessor({ port, pid }) {
  await askOnce(port, makePost("/v1/cases", JSON.stringify({ task: { loss: "mse", cases: [] } })));
  const before = processorSeconds(pid);
  const reply = await askOnce(port, makePost("/v1/cases", dearCases), { timeoutMs: 60_000 });
  const taken = processorSeconds(pid) - before;
  if (reply.status === 200) return taken;
  return isRefusal(reply) && /[A-Z]+_MAX|at most \d/.test(String(reply.body)) ? taken : Number.POSITIVE_INFINITY;
}

/** What is measured by its name: how to set it off, and what it is. */
function makeBombs() {
  const whole = Object.entries({ ...fullBodies, ...fullBatches }).map(([name, { what, path, make }]) => [
    name,
    { what, run: (service) => detonate(service, [makePost(path, make())]) },
  ]);
  const growing = Object.entries(growingBodies).map(([name, body]) => [
    name,
    { what: body.what, run: (service) => detonateDown(service, body) },
  ]);
  const run = (service) => {
    const request = makePost("/v1/losses/mse/check", packedClaim(), { "content-encoding": "gzip" });
    return detonate(service, [request, request]);
  };
  return {
    packed: { what: "two bodies of 87 kB that unpack to 10⁷ values", run },
    ...Object.fromEntries([...whole, ...growing]),
  };
}

export function checkBombs({ quick }) {
  const bombs = Object.entries(makeBombs()).filter(
    ([name]) => !quick || name === "packed" || quickBodies.includes(name),
  );
  const figures = bombs.flatMap(([name, { what }]) => [
    [`${name}Memory`, { what: `${what}: MB over the idle process`, promise: atMost(memoryMBMax) }],
    [`${name}Seconds`, { what: "the same: refused or answered after, s", promise: atMost(secondsMax) }],
  ]);
  const processor = { what: "the 102-byte /v1/cases: s of processor time", promise: atMost(processorSecondsMax) };
  return {
    title: "Small bodies that grow, and the worst within each bound",
    how:
      "Each on a service of its own. Memory is the kernel's peak of the process less what it had before. A request that has no " +
      `answer after ${patienceMs / 1000} s is "never", and its memory is what it had taken by then. Where a bound is looked for, the figures are ` +
      "the worst on the way down.",
    figures: Object.fromEntries([...figures, ["processor", processor]]),
    async measure({ start }) {
      const values = {};
      for (const [name, { run }] of bombs) {
        const service = await start({});
        const { memory, seconds } = await run(service);
        service.child.kill("SIGKILL");
        Object.assign(values, { [`${name}Memory`]: memory, [`${name}Seconds`]: seconds });
      }
      return { ...values, processor: await measureProcessor(await start({})) };
    },
  };
}
