import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { readDocument } from "../json/document.ts";
import { Problem } from "../problems.ts";
import { exitCodes, Failure } from "./failure.ts";

/** A JSON document from a file, or from stdin where the name is "-". `what` names it in messages. */
export async function readJson(path: string, what: string, exitCode: number = exitCodes.usage): Promise<unknown> {
  return parseJson(path === "-" ? await readStdin() : await read(path, what, exitCode), `${what} (${path})`, exitCode);
}

/** Strict JSON, but for the bare NaN and Infinity that Python prints. */
export function parseJson(bytes: Buffer, what: string, exitCode: number): unknown {
  try {
    return readDocument(quoteBareNumbers(bytes));
  } catch (error) {
    if (error instanceof Problem) throw new Failure(exitCode, `${what}: ${error.detail}`);
    throw error;
  }
}

async function read(path: string, what: string, exitCode: number): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Failure(exitCode, `${what} cannot be read: ${(error as Error).message}`);
  }
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Python's json writes NaN and Infinity bare: outside of strings they become the strings that stand for them. */
function quoteBareNumbers(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  if (!/NaN|Infinity/.test(text)) return bytes;
  let inside = false;
  const quoted = text.replaceAll(/\\.|"|-?Infinity|NaN/gs, (token) => {
    if (token === '"') inside = !inside;
    return inside || token === '"' || token.startsWith("\\") ? token : `"${token}"`;
  });
  return Buffer.from(quoted, "latin1");
}

/** A file of our own making: what somebody else put in its place, a link too, is refused. */
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Writes beside the file, by a name that nobody can know, and renames: a reader sees the old file or the new one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(16).toString("hex")}.part`;
  try {
    const file = await open(beside, newFile, 0o644);
    await file.writeFile(text).finally(() => file.close());
    await rename(beside, path);
  } catch (error) {
    throw new Failure(exitCodes.internal, `${path} cannot be written: ${(error as Error).message}`);
  }
}

/** Makes a folder, and those above it that are missing: the mode holds for all that it makes. */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
  } catch (error) {
    throw new Failure(exitCodes.internal, `${path} cannot be made: ${(error as Error).message}`);
  }
}
