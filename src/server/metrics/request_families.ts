import { operations } from "../kinds.ts";
import { phaseNumbers } from "./counters.ts";
import { byLabel, type Family, type Sample, single } from "./families.ts";
import { bucketSeconds, histogramStride, layout, methods, phases, problemCodes, statusClasses } from "./layout.ts";

/** What was counted of requests, from the slots' sum. Every series is there from the start, and none is added later. */
export function requestFamilies(sum: Float64Array): Family[] {
  return [
    durations(sum),
    {
      name: "lossd_requests_total",
      type: "counter",
      help: "Requests that have ended, those that were refused or broken off (499) among them.",
      samples: operations.flatMap((operation, index) =>
        statusClasses.map((status, column) => ({
          labels: { operation, status },
          value: sum[layout.requests + index * statusClasses.length + column]!,
        })),
      ),
    },
    byLabel(
      "lossd_requests_by_method_total",
      "counter",
      "The same requests by their method.",
      "method",
      methods.map((method, index) => [method, sum[layout.methods + index]!]),
    ),
    byLabel(
      "lossd_problems_total",
      "counter",
      "Requests that were refused or failed, by the code of their problem.",
      "code",
      problemCodes.map((code, index) => [code, sum[layout.problems + index]!]),
    ),
    {
      name: "lossd_phase_duration_seconds",
      type: "summary",
      help: "Where the time of single computations goes; lines of streams are not in it.",
      samples: phases.flatMap((phase) => {
        const { ms, count } = phaseNumbers(sum, phase);
        const labels = { phase };
        return [
          { labels, suffix: "_sum", value: ms / 1000 },
          { labels, suffix: "_count", value: count },
        ];
      }),
    },
    single("lossd_request_body_bytes_total", "counter", "Bytes of bodies, decompressed.", sum[layout.bodyBytes]!),
  ];
}

function durations(sum: Float64Array): Family {
  return {
    name: "http_server_request_duration_seconds",
    type: "histogram",
    help: "From a request's headers to the end of its reply.",
    samples: operations.flatMap((operation, index) =>
      histogramSamples(operation, sum.subarray(layout.durations + index * histogramStride)),
    ),
  };
}

function histogramSamples(operation: string, numbers: Float64Array): Sample[] {
  const bounds = [...bucketSeconds.map(String), "+Inf"];
  let count = 0;
  const buckets = bounds.map((le, bucket) => {
    count += numbers[bucket]!;
    return { labels: { operation, le }, suffix: "_bucket", value: count };
  });
  const labels = { operation };
  return [
    ...buckets,
    { labels, suffix: "_sum", value: numbers[histogramStride - 1]! / 1000 },
    { labels, suffix: "_count", value: count },
  ];
}
