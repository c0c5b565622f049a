// Requests with damaged bytes, and right ones between them whose answers are compared by the byte.
import { Client, makeRequest } from "./client.mjs";
import { knownGood } from "./known_good.mjs";
import { compareWithLog, readLog } from "./metrics.mjs";
import { below, makeRandom, mutate, pick } from "./mutation.mjs";
import { residentMB } from "./process_figures.mjs";
import { always, atMost, format } from "./promises.mjs";

const firstSeed = 43;
const connections = 4;
/** A right request after so many damaged ones. */
const goodEvery = 20;
/** The share of requests whose head is damaged too. */
const wholeShare = 0.06;
/** A head that announces more than there is leaves its reader waiting: that is no fault of the service. */
const patienceMs = 5000;

const bytesOf = ({ method, path, type, headers, body }) =>
  makeRequest(method, path, { ...(type ? { "content-type": type } : {}), ...headers }, body);

/** A query may hold what a request line may not. */
const asQuery = (bytes) =>
  bytes
    .toString("latin1")
    .replace(/[\r\n]/g, "")
    .replaceAll(" ", "%20");

/** The bytes of a damaged request, and whether its framing can be damaged, so that it needs a connection of its own. */
function makeMutant(random) {
  const good = pick(random, knownGood);
  const bodies = knownGood.map(({ body }) => body).filter(({ length }) => length > 0);
  if (good.method === "GET") {
    const [path, query] = good.path.split("?");
    const path2 = `${path}?${asQuery(mutate(random, Buffer.from(query), bodies))}`;
    return { bytes: bytesOf({ ...good, path: path2 }), framed: false };
  }
  if (random() >= wholeShare)
    return { bytes: bytesOf({ ...good, body: mutate(random, good.body, bodies) }), framed: true };
  const bytes = bytesOf(good);
  const head = bytes.subarray(0, bytes.length - good.body.length);
  return { bytes: Buffer.concat([mutate(random, head, bodies), good.body]), framed: false };
}

/** Asks on a kept connection, on a new one if it was ended since. */
class KeptConnection {
  #port;
  #client;

  constructor(port) {
    this.#port = port;
  }

  async ask(bytes) {
    if (!this.#client?.open) this.#client = new Client(this.#port);
    const reply = await this.#client.ask(bytes, { timeoutMs: 30_000 });
    if (reply.fault || /^connection: *close/im.test(reply.head)) this.close();
    return reply;
  }

  close() {
    this.#client?.close();
    this.#client = undefined;
  }
}

async function askBroken(port, bytes) {
  const client = new Client(port);
  const reply = await client.ask(bytes, { timeoutMs: patienceMs, halfClose: true });
  client.close();
  return reply;
}

/** One connection's share of the requests; adds to `tally`. */
async function ask(port, random, { amount, expected, tally }) {
  const kept = new KeptConnection(port);
  for (let done = 1; done <= amount; done++) {
    const { bytes, framed } = makeMutant(random);
    const { status, fault } = framed ? await kept.ask(bytes) : await askBroken(port, bytes);
    if (status === 200) tally.accepted++;
    if (status >= 500) report(tally, "serverErrors", status, bytes);
    // Where the framing was whole, there has to be an answer.
    if (fault && framed) report(tally, "unanswered", fault, bytes);
    if (done % goodEvery !== 0) continue;
    const at = below(random, knownGood.length);
    const reply = await kept.ask(bytesOf(knownGood[at]));
    tally.good++;
    if (!isSame(reply, expected[at])) report(tally, "wrong", reply.status ?? reply.fault, bytesOf(knownGood[at]));
  }
  kept.close();
}

function report(tally, kind, what, bytes) {
  tally[kind]++;
  if (tally[kind] <= 3) console.error(`  ${kind}: ${what} for ${JSON.stringify(bytes.toString("latin1", 0, 600))}`);
}

const isSame = (reply, expected) => reply.status === expected.status && reply.body.equals(expected.body);

export function checkMutatedRequests({ quick }) {
  const amount = quick ? 3000 : 110_000;
  return {
    title: "Mutated requests",
    how:
      `${format(amount)} requests a turn over ${connections} connections: ${knownGood.length} right ones of every kind, with bits, bytes, tokens and tails ` +
      `changed; of ${100 * wholeShare} % the head too. After each ${goodEvery} a right one, whose reply is compared by the byte. The seed is ${firstSeed} ` +
      "in the first turn, and one more in each.",
    figures: {
      serverErrors: { what: "5xx", promise: always(0) },
      wrong: { what: "wrong answers to the right ones", promise: always(0) },
      unanswered: { what: "well-framed ones without an answer", promise: always(0) },
      accepted: { what: "mutated ones answered 200" },
      good: { what: "right ones asked" },
      series: { what: "series of /metrics after them", promise: atMost(299) },
      uncounted: { what: "requests of which the log and /metrics do not agree", promise: always(0) },
      memory: { what: "resident memory over the idle process, MB" },
    },
    async measure({ start, turn }) {
      const { port, pid, child } = await start({ LOG_LEVEL: "debug" }, { stdout: "pipe" });
      const log = readLog(child.stdout);
      const kept = new KeptConnection(port);
      const expected = [];
      for (const good of knownGood) expected.push(await kept.ask(bytesOf(good)));
      const refused = expected.findIndex(({ status }) => status !== 200);
      if (refused >= 0) throw new Error(`${knownGood[refused].path} is no right request: ${expected[refused].body}`);
      kept.close();
      const idle = residentMB(pid);
      const tally = { serverErrors: 0, wrong: 0, unanswered: 0, accepted: 0, good: 0 };
      const share = { amount: Math.ceil(amount / connections), expected, tally };
      const randoms = Array.from({ length: connections }, (_, i) => makeRandom(1000 * (firstSeed + turn) + i));
      await Promise.all(randoms.map((random) => ask(port, random, share)));
      const memory = residentMB(pid) - idle;
      return { ...tally, memory, ...(await compareWithLog(port, log)) };
    },
  };
}
