import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import type { Answered, Task } from "../pool/pool.ts";
import { Problem } from "../problems.ts";
import type { Job, JobAnswer, JobHead, JobResult } from "../service/formats.ts";
import type { ComputePool, Lifecycle } from "../service/lifecycle.ts";
import type { Account } from "../service/memory/budget.ts";
import { forWorker, Lent } from "../service/memory/lent.ts";
import { BodyReader, checkLength, isLarge, mayBeThere, takeWhole } from "./http/body.ts";
import { contentCoding } from "./http/codings.ts";
import { compressPieces } from "./http/compressed.ts";
import { bodyMedia, chooseMedia } from "./http/media.ts";
import { askForBody } from "./http/record.ts";
import { sendPieces } from "./http/send.ts";
import type { CounterMemory } from "./metrics/counters.ts";
import type { Operation } from "./operation.ts";

/** What every exchange shares. */
export interface Corridor {
  readonly config: Config;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  readonly counters: CounterMemory;
  /** What has to be done before the head of any reply is written. */
  readonly beforeReply: (reply: FastifyReply) => void;
}

/** The life of a request that computes: the handlers of a route for one operation. */
export function exchanging(corridor: Corridor, operation: Operation) {
  return {
    config: { computes: true },
    onRequest(request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction) {
      arrive(request, corridor, operation);
      done();
    },
    handler(request: FastifyRequest, reply: FastifyReply) {
      new Exchange(corridor, operation, request, reply).receive();
    },
  };
}

/** The first stage: lets in or refuses by the headers alone, before a byte of the body is read. Throws a Problem. */
export function arrive(request: FastifyRequest, { config, lifecycle }: Corridor, operation: Operation): void {
  const { record, raw, headers } = request;
  const { takes, gives } = operation;
  if (takes) {
    record.takes = takes;
    bodyMedia(headers, takes);
  } else contentCoding(headers);
  if (gives) chooseMedia(headers, gives);
  record.head = operation.prepare(request);
  if (!operation.bodyOf) checkLength(raw, config.BODY_BYTES_MAX);
  if (openPool(lifecycle).full) throw queueFull(config);
}

/** What computes, if it takes work. Throws a Problem: draining or starting. */
export function openPool({ refusing, pool }: Lifecycle): ComputePool {
  if (refusing) throw new Problem("draining", "the service is stopping: ask another one");
  // Once there, the pool takes work also while it replaces a worker: the queue waits for the next one.
  if (!pool) throw new Problem("starting", "the workers are not ready yet");
  return pool;
}

function queueFull({ QUEUE_LENGTH_MAX }: Config): Problem {
  return new Problem("queue_full", `too much work is waiting already (QUEUE_LENGTH_MAX = ${QUEUE_LENGTH_MAX})`);
}

/**
 * The other stages, in their order: receive, admit, run, send. Each calls the next at once where nothing has to be waited
 * for, so that a small request passes in one go. What the request holds is given back when its reply is closed and no
 * worker has its body.
 */
class Exchange {
  readonly #corridor: Corridor;
  readonly #operation: Operation;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #account: Account;
  #reader: BodyReader | undefined;
  #task: Task<JobResult> | undefined;
  #lent: Lent | undefined;
  #closed = false;

  constructor(corridor: Corridor, operation: Operation, request: FastifyRequest, reply: FastifyReply) {
    this.#corridor = corridor;
    this.#operation = operation;
    this.#request = request;
    this.#reply = reply;
    this.#account = corridor.lifecycle.budget.open(isLarge(request.raw));
    reply.raw.once("close", () => this.#close());
  }

  receive(): void {
    const { bodyOf } = this.#operation;
    if (bodyOf) this.#admit(bodyOf(this.#request));
    // Its bytes lie behind the headers in what was read from the socket: they are there at the next microtask.
    else if (mayBeThere(this.#request)) soon.then(() => this.#take());
    else this.#read();
  }

  #take(): void {
    if (this.#closed) return;
    const { raw, record } = this.#request;
    const body = takeWhole(raw, this.#account);
    record.bodyTaken = body !== undefined;
    if (body) this.#admit(body);
    else this.#read();
  }

  #read(): void {
    const { config, lifecycle } = this.#corridor;
    const { raw, record } = this.#request;
    const limits = {
      bytesMax: config.BODY_BYTES_MAX,
      idleMs: config.IDLE_TIMEOUT_MS,
      rateMin: config.RATE_BYTES_MIN,
      waitMs: config.QUEUE_WAIT_MS_MAX,
      deadlineMs: record.deadlineMs,
      budget: lifecycle.budget,
    };
    this.#reader = new BodyReader(raw, limits, this.#account, (error, body) => {
      if (body) this.#admit(body);
      else this.#refuse(error!);
    });
    this.#reader.start(() => askForBody(this.#request, this.#reply));
  }

  #admit(body: Uint8Array): void {
    const { record } = this.#request;
    const { config, lifecycle } = this.#corridor;
    record.receivedAt = performance.now();
    if (!this.#operation.bodyOf) record.bytes = body.length;
    const job = {
      ...(record.head as JobHead),
      body,
      elementsMax: config[this.#operation.limit ?? "ELEMENTS_MAX"],
      replyBytesMax: config.REPLY_BYTES_MAX,
    } as Job;
    // A service that stops meanwhile answers what it has let in.
    const pool = lifecycle.pool!;
    const result = pool.inPlace(job);
    if (result) this.#settle({ result, queueMs: 0 });
    else this.#submit(forWorker(job), pool);
  }

  #submit(job: Job, pool: ComputePool): void {
    const lent = new Lent(job, () => this.#release());
    this.#lent = lent;
    try {
      this.#run(job, pool, lent);
    } catch (error) {
      lent.end(true);
      lent.answer(undefined);
      this.#refuse(error as Error);
    }
  }

  /** Throws a Problem: queue_full. */
  #run(job: Job, pool: ComputePool, lent: Lent): void {
    const { raw, record } = this.#request;
    const onEnd = (reusable: boolean) => lent.end(reusable);
    const task = pool.submit(job, { bytes: job.body.length, deadlineMs: record.deadlineMs, onEnd });
    if (!task) throw queueFull(this.#corridor.config);
    this.#task = task;
    // A client that has ended its side waits for its answer, or is gone: nobody can tell.
    raw.socket.once("end", task.demote);
    task.answer
      .finally(() => raw.socket.off("end", task.demote))
      .then(
        (answered) => this.#settle(answered),
        (error) => {
          lent.answer(undefined);
          this.#refuse(error);
        },
      );
  }

  #settle({ result, queueMs: queue }: Answered<JobResult>): void {
    const { record } = this.#request;
    this.#lent?.answer(this.#closed ? undefined : result);
    record.timings = { queue };
    if (this.#closed) return;
    if (!result.ok) {
      this.#refuse(Problem.from(result.problem));
      return;
    }
    record.rows = result.rows;
    record.columns = result.columns;
    const { parse, compute, print } = result.timings;
    record.timings = { queue, parse, compute, print };
    this.#send(result);
  }

  #send(answer: JobAnswer): void {
    this.#request.record.sendingAt = performance.now();
    const { convert, describe } = this.#operation;
    describe(this.#reply, answer);
    const converted = convert?.(this.#request, answer.reply);
    if (converted) {
      converted.then(
        (text) => this.#reply.send(text),
        (error) => this.#refuse(error),
      );
      return;
    }
    const compressing = this.#corridor.config.COMPRESS_REPLIES === "on" && this.#operation.isCompressible;
    const compressed = compressing ? compressPieces(this.#request, this.#reply, answer.reply) : undefined;
    if (!compressed) {
      this.#sendPieces(answer.reply);
      return;
    }
    compressed.then(
      (bytes) => this.#closed || this.#sendPieces([bytes]),
      (error) => this.#refuse(error),
    );
  }

  #sendPieces(pieces: readonly Uint8Array[]): void {
    const { config, beforeReply } = this.#corridor;
    const bytes = sendPieces(this.#reply, pieces, config, beforeReply);
    this.#account.shrinkTo(Math.max(bytes, this.#lent?.sentBytes ?? 0));
  }

  #refuse(error: Error): void {
    if (!this.#closed) this.#reply.send(error);
  }

  /** The reply is sent, or nobody waits for it any more. */
  #close(): void {
    this.#closed = true;
    this.#reader?.cancel();
    this.#task?.cancel();
    this.#lent?.sent();
    this.#release();
  }

  #release(): void {
    if (this.#closed && !this.#lent?.isAtWork) this.#account.close();
  }
}

const soon = Promise.resolve();
