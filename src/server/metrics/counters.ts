import type { ProblemCode } from "../../problems.ts";
import type { RequestRecord } from "../http/record.ts";
import { type OperationName, operations } from "../kinds.ts";
import {
  bucketSeconds,
  histogramStride,
  layout,
  methods,
  modelFields,
  modelNames,
  phases,
  problemCodes,
  slotLength,
  statusClasses,
} from "./layout.ts";

/** The numbers of all HTTP threads, in shared memory: each thread writes into a slot of its own, without a lock. */
export class CounterMemory {
  readonly #numbers: Float64Array;

  /** What this thread counts with. */
  readonly own: RequestCounters;

  /** Of so many threads, of which this one is number `thread`, from 0; the others get its `buffer`. */
  constructor(
    readonly threads = 1,
    thread = 0,
    readonly buffer = new SharedArrayBuffer(threads * slotLength * Float64Array.BYTES_PER_ELEMENT),
  ) {
    this.#numbers = new Float64Array(buffer);
    this.own = new RequestCounters(this.#slot(thread));
  }

  /** The slots added up, as `layout` says. */
  sum(): Float64Array {
    const sum = new Float64Array(slotLength);
    for (let thread = 0; thread < this.threads; thread++) {
      const slot = this.#slot(thread);
      for (let index = 0; index < slotLength; index++) {
        sum[index] = isTime(index) ? Math.max(sum[index]!, slot[index]!) : sum[index]! + slot[index]!;
      }
    }
    return sum;
  }

  #slot(thread: number): Float64Array {
    return this.#numbers.subarray(thread * slotLength, (thread + 1) * slotLength);
  }
}

const lastAt = modelFields.indexOf("lastAt");

/** Whether a number is a time, of which the latest counts. */
function isTime(index: number): boolean {
  return index >= layout.models && (index - layout.models) % modelFields.length === lastAt;
}

const operationIndex = indexOf(operations);
const methodIndex = indexOf(methods);
const problemIndex = indexOf(problemCodes);
const modelIndex = indexOf(modelNames);
const bucketMs = bucketSeconds.map((seconds) => seconds * 1000);

function indexOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

/** Counts requests in one thread's slot. It keeps nothing of a request but numbers. */
export class RequestCounters {
  readonly #numbers: Float64Array;

  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
  }

  /** Counts a request that has ended, `ms` after it began. */
  note(operation: OperationName, method: string, status: number, ms: number, record: RequestRecord): void {
    const numbers = this.#numbers;
    const index = operationIndex.get(operation)!;
    const histogram = layout.durations + index * histogramStride;
    let bucket = 0;
    while (bucket < bucketMs.length && ms > bucketMs[bucket]!) bucket++;
    numbers[histogram + bucket]!++;
    numbers[histogram + histogramStride - 1]! += ms;
    this.#noteStatus(index, method, status);
    if (record.code !== undefined) numbers[layout.problems + problemIndex.get(record.code)!]!++;
    numbers[layout.bodyBytes]! += record.stream?.received ?? record.bytes;
    this.#notePhases(record, ms);
    if (operation === "compute" || operation === "infer") this.#noteModel(record, status, ms);
  }

  /** Counts what Node's parser refused: it was no request, and took no time that is known. */
  noteRefused(code: ProblemCode, status: number): void {
    this.#noteStatus(operationIndex.get("unmatched")!, "", status);
    this.#numbers[layout.problems + problemIndex.get(code)!]!++;
  }

  #noteStatus(operation: number, method: string, status: number): void {
    const statusClass = Math.floor(status / 100) - 2;
    this.#numbers[layout.requests + operation * statusClasses.length + statusClass]!++;
    this.#numbers[layout.methods + (methodIndex.get(method) ?? methods.length - 1)]!++;
  }

  #notePhases({ startedAt, receivedAt, sendingAt, timings }: RequestRecord, ms: number): void {
    if (receivedAt !== undefined) this.#notePhase(0, receivedAt - startedAt);
    if (timings.queue !== undefined) this.#notePhase(1, timings.queue);
    if (timings.parse !== undefined) this.#notePhase(2, timings.parse);
    if (timings.compute !== undefined) this.#notePhase(3, timings.compute);
    if (timings.print !== undefined) this.#notePhase(4, timings.print);
    if (sendingAt !== undefined) this.#notePhase(5, startedAt + ms - sendingAt);
  }

  #notePhase(phase: number, ms: number): void {
    const at = layout.phases + 2 * phase;
    this.#numbers[at]! += ms;
    this.#numbers[at + 1]!++;
  }

  #noteModel({ loss, timings, rows = 0 }: RequestRecord, status: number, ms: number): void {
    const model = loss === undefined ? undefined : modelIndex.get(loss);
    if (model === undefined) return;
    const numbers = this.#numbers;
    const at = layout.models + model * modelFields.length;
    const failed = status >= 300 ? 2 : 0;
    numbers[at + failed]!++;
    numbers[at + failed + 1]! += ms;
    if (failed) return;
    numbers[at + 4]! += timings.queue ?? 0;
    numbers[at + 5]! += timings.parse ?? 0;
    numbers[at + 6]! += timings.compute ?? 0;
    numbers[at + 7]! += timings.print ?? 0;
    numbers[at + 8]! += rows;
    numbers[at + lastAt] = Date.now();
  }
}

/** What is known of one loss, as `modelFields` names it. */
export function modelNumbers(sum: Float64Array, name: string): Record<(typeof modelFields)[number], number> {
  const at = layout.models + modelIndex.get(name)! * modelFields.length;
  return Object.fromEntries(modelFields.map((field, index) => [field, sum[at + index]!])) as Record<
    (typeof modelFields)[number],
    number
  >;
}

/** A phase's milliseconds, and how many requests had it. */
export function phaseNumbers(sum: Float64Array, phase: (typeof phases)[number]): { ms: number; count: number } {
  const at = layout.phases + 2 * phases.indexOf(phase);
  return { ms: sum[at]!, count: sum[at + 1]! };
}
