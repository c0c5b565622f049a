import { losses } from "../../losses/registry.ts";
import { type ProblemCode, problems } from "../../problems.ts";
import { operations } from "../kinds.ts";

/** Upper bounds of the histogram's buckets, in seconds; a further bucket takes what is longer. */
export const bucketSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.05, 0.25, 1, 5, 15, 60] as const;

export const statusClasses = ["2xx", "3xx", "4xx", "5xx"] as const;

/** Methods that the service knows. Any other is the last one, so that nobody makes new series. */
export const methods = ["GET", "HEAD", "POST", "OPTIONS", "_OTHER"] as const;

export const problemCodes = Object.keys(problems) as ProblemCode[];

/** Where a request's time goes, in the order of its life. */
export const phases = ["receive", "queue", "parse", "compute", "print", "send"] as const;

export const modelNames = losses.map(({ name }) => name);

/** What is kept of each loss: requests, milliseconds, rows, and when it was last computed. */
export const modelFields = [
  "successes",
  "successMs",
  "failures",
  "failureMs",
  "queueMs",
  "parseMs",
  "computeMs",
  "printMs",
  "rows",
  "lastAt",
] as const;

let length = 0;

/** Reserves a group of numbers, and returns where it begins. */
function place(numbers: number): number {
  const at = length;
  length += numbers;
  return at;
}

/** Numbers an operation has in the histogram: its buckets, the one beyond them, and the sum in milliseconds. */
export const histogramStride = bucketSeconds.length + 2;

export const layout = {
  durations: place(operations.length * histogramStride),
  requests: place(operations.length * statusClasses.length),
  methods: place(methods.length),
  problems: place(problemCodes.length),
  /** For each phase the milliseconds, then how many requests had it. */
  phases: place(phases.length * 2),
  bodyBytes: place(1),
  models: place(modelNames.length * modelFields.length),
} as const;

/** Numbers in one thread's slot. */
export const slotLength = length;
