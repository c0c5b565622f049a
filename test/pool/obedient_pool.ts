import { afterEach, expect } from "vitest";
import { Pool, type PoolOptions, type Task, type TaskOptions } from "#lossd/pool/pool.js";
import { atStart, crewPlaces, signalPlaces } from "./fixtures/places.mjs";

/** What the fixture worker does, in this order, before it answers. */
export type Step =
  | "hold"
  | "hang"
  | "crash"
  | "crash_once"
  | "exit_once"
  | "crash_after_the_answer"
  | "fill_the_heap"
  | "answer_a_function_once";

export interface Job {
  readonly value: string;
  readonly steps?: readonly Step[];
  readonly signal?: Int32Array;
  readonly body?: Uint8Array;
  readonly memoryBytes?: number;
}

export interface Result {
  readonly value: string;
  readonly threadId: number;
  /** The value of the first job that this worker was ever given. */
  readonly firstValue: string;
  /** Answers given before this one, by all workers. */
  readonly place: number;
  readonly lastReplyIsGone: boolean;
  readonly reply: Uint8Array;
}

export type StepsPool = Pool<Job, Result>;

/** A job that the test and its worker can follow: they wait for each other in shared memory. */
export class FollowedJob implements Job {
  readonly signal = new Int32Array(new SharedArrayBuffer(12));

  constructor(
    readonly value: string,
    readonly steps: readonly Step[],
    readonly memoryBytes = 0,
  ) {}

  get timesHeld(): number {
    return Atomics.load(this.signal, signalPlaces.held);
  }

  /** Resolves when a worker has come to the step "hold" or "hang". */
  async reached(): Promise<void> {
    await Atomics.waitAsync(this.signal, signalPlaces.held, 0).value;
  }

  /** Lets the step "hold" pass, now and later. */
  release(): void {
    Atomics.store(this.signal, signalPlaces.released, 1);
    Atomics.notify(this.signal, signalPlaces.released);
  }
}

/** What all workers of one pool share with the test. */
export class Crew {
  readonly data = new Int32Array(new SharedArrayBuffer(12));
  /** The causes of replacement, in their order. */
  readonly replaced: string[] = [];

  /** What each worker does from now on when it starts. */
  tellAtStart(order: keyof typeof atStart): void {
    Atomics.store(this.data, crewPlaces.atStart, atStart[order]);
    Atomics.notify(this.data, crewPlaces.atStart);
  }

  get starts(): number {
    return Atomics.load(this.data, crewPlaces.starts);
  }
}

const pools: StepsPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close(0))));

/** A pool of fixture workers that is closed after the test. */
export async function startPool(
  options: Partial<PoolOptions<Job, Result>> = {},
  crew = new Crew(),
): Promise<StepsPool> {
  const pool = await Pool.start<Job, Result>({
    worker: new URL("./fixtures/obeys_steps.mjs", import.meta.url),
    workerData: crew.data,
    size: 1,
    queueLengthMax: 100,
    graceMs: 0,
    aheadBytesMax: 1000,
    workerMemoryBytesMax: 1000,
    knownAnswer: { job: { value: "known" }, accepts: (result) => result.value === "known" },
    onWorkerReplaced: (cause) => crew.replaced.push(cause),
    ...options,
  });
  pools.push(pool);
  return pool;
}

const never = Number.POSITIVE_INFINITY;

export function submit(pool: StepsPool, job: Job, options: Partial<TaskOptions> = {}): Task<Result> {
  const task = pool.submit(job, { bytes: 1, deadlineMs: never, ...options });
  expect(task).toBeDefined();
  return task!;
}

/** Runs one job, and gives its result. */
export async function run(pool: StepsPool, job: Job, deadlineMs = never): Promise<Result> {
  return (await submit(pool, job, { deadlineMs }).answer).result;
}

/** What `pool.stats` gives when nothing is in flight. */
export const nothingInFlight = { queued: 0, running: 0, inFlight: 0 };
