/** Milliseconds that a request spent in each stage. */
export interface StageTimings {
  readonly queue?: number;
  readonly parse?: number;
  readonly compute?: number;
  readonly print?: number;
}

/** The server-timing header: a stage that was never reached took 0. */
export function formatTimings({ queue = 0, parse = 0, compute = 0, print = 0 }: StageTimings): string {
  return `queue;dur=${toMicroseconds(queue)}, parse;dur=${toMicroseconds(parse)}, compute;dur=${toMicroseconds(compute)}, print;dur=${toMicroseconds(print)}`;
}

/** Milliseconds with three decimals at most. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
