import { isUtf8 } from "node:buffer";
import {
  backslash,
  closeBrace,
  colon,
  comma,
  endOfString,
  endOfWord,
  lastBefore,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  space,
} from "../../json/scan.ts";
import { Problem, show } from "../../problems.ts";

/** A line of a stream, taken apart: the request in it, and the name that its sender gave it. */
export interface Line {
  /** JSON text: a string or a whole number. */
  readonly id?: string;
  /** What is left: a v1 body, with the options that the line did not have. */
  readonly body: Uint8Array;
  /** What is wrong with the id (422): to be said only if the body has no worse fault. */
  readonly fault?: Problem;
}

interface Member {
  readonly key: unknown;
  readonly start: number;
  readonly value: number;
}

const idLengthMax = 256;

/**
 * Takes the id out of a line, and puts in the options that it lacks: name → JSON text. Throws a Problem (duplicate_key) for
 * two ids. Bytes keep their offsets, and a line that is no JSON object stays as it is: whoever reads it says what is wrong.
 */
export function takeApart(text: Uint8Array, options: Readonly<Record<string, string>>): Line {
  const line = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const lacking = Object.entries(options);
  if (lacking.length === 0 && !line.includes('"id"') && !line.includes(backslash)) return { body: text };
  const members = membersOf(line);
  if (!members) return { body: text };
  const ids = members.filter(({ key }) => key === "id");
  if (ids.length > 1) throw new Problem("duplicate_key", `the key "id" at byte ${ids[1]!.start} is there twice`);
  const id = ids[0] && findId(line, ids[0]);
  const own = new Set(members.map(({ key }) => key));
  const added = lacking.filter(([name]) => !own.has(name)).map(([name, value]) => `"${name}":${value}`);
  if (!id && added.length === 0) return { body: text };
  const copy = Buffer.from(line);
  if (id) copy.fill(space, id.from, id.to);
  return { ...id?.said, body: added.length > 0 ? append(copy, added) : copy };
}

/** Puts members before the last brace, which closes the outermost object. */
function append(line: Buffer, members: readonly string[]): Buffer {
  const end = line.lastIndexOf(closeBrace);
  const first = line[lastBefore(line, end)] === openBrace;
  return Buffer.concat([
    line.subarray(0, end),
    Buffer.from(`${first ? "" : ","}${members.join()}`),
    line.subarray(end),
  ]);
}

/** The members of the outermost object; undefined if braces do not match, which no JSON text does. */
function membersOf(line: Buffer): Member[] | undefined {
  const members: Member[] = [];
  const start = line.indexOf(openBrace);
  if (start < 0) return undefined;
  let [depth, at] = [0, start];
  for (;;) {
    // Strings and braces are enough to find the members of the outermost object.
    const begin = line.indexOf(quote, at);
    depth += countBraces(line.subarray(at, begin < 0 ? line.length : begin));
    if (begin < 0) return depth === 0 ? members : undefined;
    const end = endOfString(line, begin);
    if (end < 0) return undefined;
    at = skipSpace(line, end);
    if (depth === 1 && line[at] === colon) {
      members.push({ key: keyOf(line.subarray(begin, end)), start: begin, value: skipSpace(line, at + 1) });
    }
  }
}

function countBraces(text: Buffer): number {
  let depth = 0;
  for (let i = text.indexOf(openBrace); i >= 0; i = text.indexOf(openBrace, i + 1)) depth++;
  for (let i = text.indexOf(closeBrace); i >= 0; i = text.indexOf(closeBrace, i + 1)) depth--;
  return depth;
}

/** Few keys have escapes, and only ASCII names are looked for. */
function keyOf(text: Buffer): unknown {
  return text.includes(backslash) ? parse(text) : text.toString("latin1", 1, text.length - 1);
}

/** The text's value; undefined if it is no JSON. Throws a Problem (invalid_utf8). */
function parse(text: Buffer): unknown {
  if (!isUtf8(text)) throw new Problem("invalid_utf8", "the line is not valid UTF-8");
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}

interface FoundId {
  readonly said: Pick<Line, "id" | "fault">;
  /** Where to put spaces, so that no id is left: a comma beside it goes too, where the text around it is right. */
  readonly from: number;
  readonly to: number;
}

function findId(line: Buffer, { start, value }: Member): FoundId | undefined {
  const nested = line[value] === openBrace || line[value] === openBracket;
  const end = line[value] === quote ? endOfString(line, value) : endOfWord(line, value);
  const id = nested ? new Map() : parse(line.subarray(value, end));
  if (id === undefined) return undefined;
  const allowed = typeof id === "string" ? id.length <= idLengthMax : Number.isSafeInteger(id);
  const said = allowed ? { id: JSON.stringify(id) } : { fault: refusal(nested ? "no single value" : show(id)) };
  // An id that is an object or a list stays in the line, and is refused there as an unknown field.
  if (nested) return { said, from: start, to: start };
  const [before, after] = [lastBefore(line, start), skipSpace(line, end)];
  if (line[after] === comma && line[skipSpace(line, after + 1)] === quote) return { said, from: start, to: after + 1 };
  if (line[after] === closeBrace && line[before] === comma) return { said, from: before, to: end };
  // A lone id, or text that is no JSON anyway: whoever reads it finds the fault.
  return { said, from: start, to: line[before] === openBrace && line[after] === closeBrace ? end : start };
}

function refusal(found: string): Problem {
  const detail = `is ${found}, but must be a string of at most ${idLengthMax} characters or a whole number`;
  return Problem.of([{ pointer: "/id", detail }]);
}
