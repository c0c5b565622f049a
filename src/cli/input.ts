import type { Config } from "../config.ts";
import { exitCodes, Failure } from "./failure.ts";

/** What was read of an input, and what is to come. */
export interface Input {
  readonly read: readonly Buffer[];
  readonly rest: AsyncIterator<Buffer>;
  /** Whether an object ends in the first line and another begins after it, which no JSON text does. */
  readonly hasLines: boolean;
}

/** Reads until it is clear whether the input is one body or lines of bodies. Throws a Failure for a body too large. */
export async function openInput(source: AsyncIterable<Buffer>, config: Config): Promise<Input> {
  const rest = source[Symbol.asyncIterator]();
  const read: Buffer[] = [];
  let [bytes, firstLineRead] = [0, false];
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    read.push(next.value);
    firstLineRead ||= next.value.includes("\n");
    const beginning = firstLineRead ? /^\s*(\S[^\n]*)\n\s*(\S)/.exec(Buffer.concat(read).toString("latin1")) : null;
    if (beginning) return { read, rest, hasLines: /\}\s*$/.test(beginning[1]!) && beginning[2] === "{" };
    bytes = count(bytes, next.value, config);
  }
  return { read, rest, hasLines: false };
}

/** All of an input, as it comes. */
export async function* allOf({ read, rest }: Input): AsyncGenerator<Buffer> {
  yield* read;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** All of an input, as one body. Throws a Failure for one too large. */
export async function readBody(input: Input, config: Config): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of allOf(input)) {
    bytes = count(bytes, chunk, config);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function count(bytes: number, chunk: Buffer, { BODY_BYTES_MAX }: Config): number {
  if (bytes + chunk.length <= BODY_BYTES_MAX) return bytes + chunk.length;
  throw new Failure(exitCodes.limit, `the body is larger than BODY_BYTES_MAX = ${BODY_BYTES_MAX} allows`);
}
