import type { Registry } from "prom-client";

/** Gauges that Prometheus takes for counters by their names, and one that has three series for each space of the heap. */
const leftOut = /^nodejs_(active_\w+|heap_space_\w+)$/;

let loading: Promise<Registry> | undefined;

/** What Node and the system say of this process, as text. A service that nobody watches never loads what tells it. */
export async function nodeMetrics(): Promise<string> {
  loading ??= load();
  return (await loading).metrics();
}

async function load(): Promise<Registry> {
  const { default: client } = await import("prom-client");
  const register = new client.Registry();
  client.collectDefaultMetrics({ register, gcDurationBuckets: [0.001, 0.01, 0.1, 1] });
  for (const { name } of register.getMetricsAsArray()) if (leftOut.test(name)) register.removeSingleMetric(name);
  return register;
}
