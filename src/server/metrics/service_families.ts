import type { Config } from "../../config.ts";
import { endCauses } from "../../pool/worker.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { versionHeader } from "../../version.ts";
import { byLabel, type Family, single } from "./families.ts";

/** How the service stands at this moment. */
export function serviceFamilies(lifecycle: Lifecycle, config: Config, threads: number): Family[] {
  const { pool } = lifecycle;
  const { queued, running } = pool?.stats ?? { queued: 0, running: 0 };
  const { requests, budget, phase } = lifecycle;
  const ready = phase === "ok" ? 1 : 0;
  return [
    byLabel("lossd_build_info", "gauge", "1, with the version and the engine's digest.", "version", [
      [versionHeader, 1],
    ]),
    single("lossd_ready", "gauge", "1 where the service takes requests, 0 while it starts or stops.", ready),
    single("lossd_http_threads", "gauge", "Threads that speak HTTP.", threads),
    single("lossd_workers", "gauge", "Threads that compute.", config.WORKERS),
    single("lossd_requests_in_flight", "gauge", "Requests without a complete reply.", requests),
    single("lossd_tasks_running", "gauge", "Tasks that workers have in hand.", running),
    single("lossd_queue_length", "gauge", "Tasks that wait for a worker.", queued),
    single(
      "lossd_queue_seconds",
      "gauge",
      "How long the tasks that wait should wait, as recent ones went.",
      (pool?.queuedMs ?? 0) / 1000,
    ),
    single("lossd_body_bytes_in_flight", "gauge", "Bytes of bodies and replies in memory.", budget.bytes),
    single(
      "lossd_body_bytes_in_flight_limit",
      "gauge",
      "QUEUE_BYTES_MAX: beyond it bodies wait.",
      config.QUEUE_BYTES_MAX,
    ),
    byLabel(
      "lossd_worker_restarts_total",
      "counter",
      "Workers that were replaced, by why they ended.",
      "cause",
      endCauses.map((cause) => [cause, pool?.restartsBy[cause] ?? 0]),
    ),
  ];
}
