import type { IncomingMessage } from "node:http";
import { Problem } from "../../problems.ts";
import type { Account, Budget } from "../../service/memory/budget.ts";
import { lookEveryMs, Pace } from "./pace.ts";

export interface BodyLimits {
  readonly bytesMax: number;
  /** The longest silence, and the window of the least rate. */
  readonly idleMs: number;
  /** Bytes a second. */
  readonly rateMin: number;
  /** The longest wait for memory. */
  readonly waitMs: number;
  /** When the whole body must be there, on performance.now(). */
  readonly deadlineMs: number;
  readonly budget: Budget;
}

/** While others wait for memory, a body that was slow for so long is refused. */
const patienceMs = 5000;

/**
 * Holds a body to its deadline, to the longest silence and to the least rate. While it waits for memory only the wait
 * and the deadline count, because it is we who do not read; from time to time some bytes are read all the same, which
 * tells whether the client is still there.
 */
export class BodyClock {
  readonly #message: IncomingMessage;
  readonly #limits: BodyLimits;
  readonly #account: Account;
  readonly #fail: (problem: Problem) => void;
  #pace: Pace | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitingSince: number | undefined;
  #stopWaiting: () => void = () => undefined;

  constructor(message: IncomingMessage, limits: BodyLimits, account: Account, fail: (problem: Problem) => void) {
    this.#message = message;
    this.#limits = limits;
    this.#account = account;
    this.#fail = fail;
  }

  start(): void {
    const { rateMin, idleMs } = this.#limits;
    this.#pace = new Pace(rateMin, idleMs, performance.now());
    this.#run();
  }

  note(bytes: number): void {
    this.#pace?.note(bytes, performance.now());
  }

  /** Calls back when the account has so many bytes more; fails after too long a wait. */
  wait(bytes: number, granted: () => void): void {
    if (this.#waitingSince !== undefined) return;
    this.#waitingSince = performance.now();
    this.#run();
    this.#message.once("close", this.#onGone);
    this.#stopWaiting = this.#account.growLater(bytes, () => {
      this.#endWait();
      this.#pace?.restart(performance.now());
      granted();
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stopWaiting();
    this.#endWait();
  }

  readonly #onGone = () => this.#fail(new Problem("bad_request", "the connection ended before the body did"));

  #endWait(): void {
    this.#stopWaiting = () => undefined;
    this.#waitingSince = undefined;
    this.#message.off("close", this.#onGone);
  }

  #run(): void {
    const { idleMs, waitMs, deadlineMs } = this.#limits;
    const left = Math.max(0, deadlineMs - performance.now());
    // After a stall of this thread the timer comes before what arrived meanwhile, the immediate after it.
    this.#timer ??= setInterval(() => setImmediate(() => this.#look()), lookEveryMs(Math.min(idleMs, waitMs, left)));
  }

  #look(): void {
    if (!this.#timer) return;
    const now = performance.now();
    const { idleMs, rateMin, waitMs, deadlineMs, budget } = this.#limits;
    if (now >= deadlineMs) this.#fail(late("the body did not arrive within REQUEST_TIMEOUT_MS"));
    else if (this.#waitingSince !== undefined) {
      if (now - this.#waitingSince >= waitMs) {
        this.#fail(
          new Problem("queue_full", `there was no room in memory for the body for QUEUE_WAIT_MS_MAX = ${waitMs} ms`),
        );
      } else this.#message.read(0);
    } else if (this.#pace && now - this.#pace.lastAt >= idleMs) {
      this.#fail(late(`no byte of the body arrived for IDLE_TIMEOUT_MS = ${idleMs} ms`));
    } else if (this.#pace?.isTooSlow(now)) {
      this.#fail(late(`the body brought less than RATE_BYTES_MIN = ${rateMin} bytes a second`));
    } else if (budget.isShort && this.#pace?.isTooSlow(now, patienceMs)) {
      this.#fail(
        late(`others waited for memory, and the body brought less than RATE_BYTES_MIN = ${rateMin} bytes a second`),
      );
    }
  }
}

function late(detail: string): Problem {
  return new Problem("request_timeout", detail);
}
