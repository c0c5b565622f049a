/** What a command's exit code means. */
export const exitCodes = { ok: 0, belowGate: 1, usage: 2, notGradable: 3, internal: 4, limit: 5 } as const;

/** Ends a command: the message goes to stderr, as it is. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}
