// Clients that take what they can and give nothing: bodies that are announced and never end, bodies that come a byte at a
// time, and readers of a large reply that never read.
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { crossEntropy, makeBatch, middle, small } from "./bodies.mjs";
import { askOnce, Client, makePost, makeRequest } from "./client.mjs";
import { serverHolds } from "./process_figures.mjs";
import { always, atMost } from "./promises.mjs";

const MiB = 2 ** 20;
const giants = { announced: 4, stalled: 4, bytes: 64 * MiB };
const trickles = 300;
const oddTrickles = 40;
const readerCount = 12;
const ordinary = 20;
const json = { "content-type": "application/json" };

/** Keeps the bytes coming, one every few seconds, until it is told to stop. */
function trickle(open, everyMs) {
  const timer = setInterval(() => {
    for (const { client, piece } of open) client.write(piece);
  }, everyMs);
  return () => {
    clearInterval(timer);
    for (const { client } of open) client.close();
  };
}

/** Half of the giants send a byte now and then, half have sent all but their last byte. */
function openGiants(port) {
  const head = makeRequest("POST", crossEntropy, { ...json, "content-length": giants.bytes });
  const allButOne = Buffer.alloc(giants.bytes - 1, " ");
  return Array.from({ length: giants.announced + giants.stalled }, (_, i) => {
    const client = new Client(port);
    client.write(head);
    if (i % 2) client.write(allButOne);
    return { client, piece: i % 2 ? Buffer.alloc(0) : Buffer.from(" ") };
  });
}

/** The start of a gzip stream whose header has a file's name, which ends with a zero byte that never comes. */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255]);
const chunk = (bytes) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);

/** Slow bodies with a length, and then some that are chunked, or chunked and compressed. */
function openTrickles(port) {
  const post = (headers) => makeRequest("POST", crossEntropy, { ...json, ...headers });
  const chunked = { "transfer-encoding": "chunked" };
  const space = Buffer.from(" ");
  const plain = { head: post({ "content-length": 1000 }), first: space, piece: space };
  const odd = [
    { head: post(chunked), first: chunk(space), piece: chunk(space) },
    {
      head: post({ ...chunked, "content-encoding": "gzip" }),
      first: chunk(gzipHeader),
      piece: chunk(Buffer.from("a")),
    },
  ];
  return Array.from({ length: trickles + oddTrickles }, (_, i) => {
    const { head, first, piece } = i < trickles ? plain : odd[i % odd.length];
    const client = new Client(port);
    client.write(Buffer.concat([head, first]));
    return { client, piece };
  });
}

/**
 * Reads the first bytes of a reply and then never again. Resolves to whether it was let in, and how many seconds after
 * those bytes the service has closed: Infinity where it is out of patience before.
 */
async function holdReply(port, request, patienceMs) {
  const begun = Promise.withResolvers();
  const onread = {
    buffer: Buffer.alloc(512),
    callback: (bytes, buffer) => {
      begun.resolve(buffer.toString("latin1", 0, bytes));
      return false;
    },
  };
  const socket = connect({ host: "127.0.0.1", port, onread });
  for (const event of ["error", "close"]) socket.on(event, () => begun.resolve(""));
  socket.write(request);
  const answered = (await begun.promise).startsWith("HTTP/1.1 200");
  const seconds = answered ? await timeClose(port, socket.localPort, patienceMs) : 0;
  socket.destroy();
  return { answered, seconds };
}

async function timeClose(port, clientPort, patienceMs) {
  const since = performance.now();
  while (performance.now() < since + patienceMs) {
    if (!serverHolds(port, clientPort)) return (performance.now() - since) / 1000;
    await wait(250);
  }
  return Number.POSITIVE_INFINITY;
}

/** How many requests of two sizes are a 200, each on a connection of its own. */
async function askOrdinary(port, pauseMs) {
  const requests = [makePost(crossEntropy, small()), makePost(crossEntropy, middle())];
  let answered = 0;
  for (let i = 0; i < ordinary; i++) {
    for (const request of requests) {
      const { status } = await askOnce(port, request, { timeoutMs: 10_000 });
      if (status === 200) answered++;
    }
    await wait(pauseMs);
  }
  return answered;
}

/** What stands beside the ordinary requests; each on a service of its own, in the order of its clients. */
const situations = {
  giants: { giants: true },
  slow: { trickles: true },
  readers: { readers: true },
  all: { giants: true, trickles: true, readers: true },
};

async function measureSituation(port, { giants, trickles, readers }, { request, pauseMs, everyMs, patienceMs }) {
  const slow = [...(giants ? openGiants(port) : []), ...(trickles ? openTrickles(port) : [])];
  const stop = trickle(slow, everyMs);
  await wait(500);
  const held = Promise.all(
    Array.from({ length: readers ? readerCount : 0 }, () => holdReply(port, request, patienceMs)),
  );
  const answered = await askOrdinary(port, pauseMs);
  // Waited for later: until then other situations have their turn.
  const whenClosed = held.finally(stop).then((each) => ({
    letIn: each.filter((reader) => reader.answered).length,
    seconds: Math.max(0, ...each.map((reader) => reader.seconds)),
  }));
  return { answered, whenClosed };
}

export function checkGiants({ quick }) {
  const silenceS = quick ? 3 : 30;
  const effort = { pauseMs: quick ? 10 : 200, everyMs: quick ? 1000 : 3000, patienceMs: 1000 * silenceS + 15_000 };
  const each = `of ${ordinary} of 6 kB and ${ordinary} of 400 kB`;
  return {
    title: "Beside giants, slow bodies and readers that take nothing",
    how:
      "Ordinary requests, each on a connection of its own, beside clients that give little and hold much. Giants: " +
      `${giants.announced} announce 64 MiB and send a byte each 3 s, ${giants.stalled} send 64 MiB but for the last byte. Slow bodies: ` +
      `${trickles} with a byte each 3 s, and ${oddTrickles} chunked or compressed ones. Readers: ${readerCount} ask for a 17 MB reply, read its first ` +
      `512 bytes and no more. IDLE_TIMEOUT_MS is ${silenceS} s.`,
    figures: {
      giants: { what: `answered 200 beside the giants, ${each}`, promise: always(2 * ordinary) },
      slow: { what: `beside the slow bodies, ${each}`, promise: always(2 * ordinary) },
      readers: { what: `beside the readers, ${each}`, promise: always(2 * ordinary) },
      all: { what: `beside all of them, ${each}`, promise: always(2 * ordinary) },
      letIn: { what: `readers let in beside all, of ${readerCount}` },
      closed: { what: "a reader that takes nothing is closed after, s (the last)", promise: atMost(silenceS + 5) },
    },
    async measure({ start }) {
      const request = makePost(crossEntropy, makeBatch(8500, 100));
      const figures = {};
      const waiting = [];
      for (const [name, situation] of Object.entries(situations)) {
        const { port } = await start({ IDLE_TIMEOUT_MS: String(1000 * silenceS) });
        const { answered, whenClosed } = await measureSituation(port, situation, { request, ...effort });
        figures[name] = answered;
        waiting.push(whenClosed);
      }
      const closed = await Promise.all(waiting);
      figures.letIn = closed.at(-1).letIn;
      figures.closed = Math.max(...closed.map(({ seconds }) => seconds));
      return figures;
    },
  };
}
