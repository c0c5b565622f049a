// One figure a round: requests a second, or milliseconds a request; and the server's processor time. The client is our
// own: autocannon decodes every reply as text, which for binary ones of 400 kB took ten times the processor time and was
// slower than any server here.
import { Connection } from "./connection.mjs";

/** How many connections a rate is measured over, where a row does not say. */
const connectionsByDefault = 16;

/** A server is warm after so many requests, which V8 takes to compile what a small one uses, or after so many windows. */
const warmRequests = 30_000;
const warmWindows = 10;

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Requests a second over so many seconds and connections: by time and not by a number of requests, which a server that is
 * still cold would have chosen too small. The last ones are waited for, so that none takes time from the next server.
 */
async function measureRate({ url, headers, body }, { connections = connectionsByDefault, seconds, cpuSeconds }) {
  const { origin, pathname, search } = new URL(url);
  const clients = await Promise.all(Array.from({ length: connections }, () => Connection.open(origin)));
  const request = Connection.prepare(pathname + search, headers, body);
  let answered = 0;
  const cpuBefore = cpuSeconds?.();
  const started = performance.now();
  const end = started + 1000 * seconds;
  await Promise.all(
    clients.map(async (client) => {
      do {
        await client.send(request);
        answered++;
      } while (performance.now() < end);
    }),
  );
  const ended = performance.now();
  const cpu = cpuSeconds?.();
  for (const client of clients) client.close();
  return {
    answered,
    figure: (1000 * answered) / (ended - started),
    ...(cpu !== undefined && { cpuMs: (1000 * (cpu - cpuBefore)) / answered }),
  };
}

/** Warms a server up; then each call is a round of so many seconds. */
async function prepareRate(target, how) {
  let answered = 0;
  for (let window = 0; window < warmWindows && answered < warmRequests; window++) {
    answered += (await measureRate(target, { ...how, seconds: how.seconds / 3 })).answered;
  }
  return () => measureRate(target, how);
}

/** Each round is the median of the requests that fit into so many seconds, one after the other, and at least of one. */
async function prepareLatency({ url, headers, body }, { seconds, cpuSeconds }) {
  const { origin, pathname, search } = new URL(url);
  const request = Connection.prepare(pathname + search, headers, body);
  const measureRound = async (duration) => {
    // A new one a round: some servers close a connection that was idle while the others had their turn.
    const connection = await Connection.open(origin);
    const samples = [];
    const cpuBefore = cpuSeconds?.();
    const end = performance.now() + 1000 * duration;
    do samples.push((await connection.send(request)).ms);
    while (performance.now() < end);
    const cpu = cpuSeconds?.();
    connection.close();
    return {
      figure: median(samples),
      ...(cpu !== undefined && { cpuMs: (1000 * (cpu - cpuBefore)) / samples.length }),
    };
  };
  await measureRound(seconds / 2);
  return () => measureRound(seconds);
}

/**
 * By what a row measures: how it is prepared, its unit, and how many times as fast `a` is as `b`. What is prepared is told
 * `seconds` of a round, `connections`, and `cpuSeconds`, which reads the server's processor time where that can be told.
 */
export const measures = {
  rate: { prepare: prepareRate, unit: "requests/s", faster: (a, b) => a / b },
  latency: { prepare: prepareLatency, unit: "ms", faster: (a, b) => b / a },
};
