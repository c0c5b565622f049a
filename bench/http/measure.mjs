// One figure a round: requests a second, or milliseconds a request. The client is our own: autocannon decodes every reply
// as text, which for binary ones of 400 kB took ten times the processor time and was slower than any server here.
import { Connection } from "./connection.mjs";

const connections = 16;

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Requests a second over `amount` requests: all are waited for, so that none takes time from the next server. */
async function measureAmount({ url, headers, body }, amount) {
  const { origin, pathname, search } = new URL(url);
  const clients = await Promise.all(Array.from({ length: connections }, () => Connection.open(origin)));
  let left = amount;
  const started = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      while (left-- > 0) await client.post(pathname + search, headers, body);
    }),
  );
  const ended = performance.now();
  for (const client of clients) client.close();
  return (1000 * amount) / (ended - started);
}

/** Warms a server up; then each call is a round of about so many seconds. */
async function prepareRate(target, seconds) {
  const amountIn = (rate, duration) => Math.max(connections, Math.round(rate * duration));
  const first = await measureAmount(target, connections);
  const rate = await measureAmount(target, amountIn(first, seconds / 2));
  return () => measureAmount(target, amountIn(rate, seconds));
}

/** Each round is the median of the requests that fit into so many seconds, one after the other, and at least of one. */
async function prepareLatency({ url, headers, body }, seconds) {
  const { origin, pathname, search } = new URL(url);
  const measureRound = async (duration) => {
    // A new one a round: some servers close a connection that was idle while the others had their turn.
    const connection = await Connection.open(origin);
    const samples = [];
    const end = performance.now() + 1000 * duration;
    do samples.push((await connection.post(pathname + search, headers, body)).ms);
    while (performance.now() < end);
    connection.close();
    return median(samples);
  };
  await measureRound(seconds / 2);
  return () => measureRound(seconds);
}

/** By what a row measures: how it is prepared, its unit, and how many times as fast `a` is as `b`. */
export const measures = {
  rate: { prepare: prepareRate, unit: "requests/s", faster: (a, b) => a / b },
  latency: { prepare: prepareLatency, unit: "ms", faster: (a, b) => b / a },
};
