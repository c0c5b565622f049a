/** Milliseconds that a request spent in each stage. */
export interface StageTimings {
  readonly queue?: number;
  readonly parse?: number;
  readonly compute?: number;
  readonly print?: number;
}

/** The server-timing header: a stage that was never reached took 0. */
export function formatTimings({ queue = 0, parse = 0, compute = 0, print = 0 }: StageTimings): string {
  return Object.entries({ queue, parse, compute, print })
    .map(([stage, ms]) => `${stage};dur=${Number(ms.toFixed(3))}`)
    .join(", ");
}
