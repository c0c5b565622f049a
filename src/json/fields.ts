import { nonfiniteWords } from "../losses/nonfinite.ts";
import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  endOfString,
  endOfWord,
  lastBefore,
  openBrace,
  openBracket,
  quote,
  skipSpace,
} from "./scan.ts";

/** A member of a body's object: the bytes of its value. */
export interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** A body with more words for infinities and NaN in a tensor is not cut: finding its end would take too long. */
const wordsMax = 1 << 14;

/** No loss has as many fields: a body with more is refused, and not cut. */
const fieldsMax = 64;

/**
 * Where the members of a plain body lie, found by jumping from quote to quote, and without reading a number. Undefined
 * for any body with escapes, objects, or nested lists beside the tensors, and for most that are no JSON: it checks only
 * what it needs to know where things are.
 */
export function findFields(text: Buffer, isTensor: (name: string) => boolean): Field[] | undefined {
  const fields: Field[] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== openBrace) return undefined;
  do {
    const nameFrom = skipSpace(text, at + 1);
    const nameTo = endOfPlainString(text, nameFrom);
    if (nameTo < 0) return undefined;
    const name = text.toString("latin1", nameFrom + 1, nameTo - 1);
    at = skipSpace(text, nameTo);
    if (text[at] !== colon) return undefined;
    const from = skipSpace(text, at + 1);
    const to = endOfValue(text, from, isTensor(name));
    if (to < 0) return undefined;
    if (fields.push({ name, from, to }) > fieldsMax) return undefined;
    at = skipSpace(text, to);
  } while (text[at] === comma);
  return text[at] === closeBrace && skipSpace(text, at + 1) === text.length ? fields : undefined;
}

function endOfValue(text: Buffer, from: number, tensor: boolean): number {
  const first = text[from];
  if (first === quote) return endOfPlainString(text, from);
  if (first === openBracket) return tensor ? endOfTensor(text, from) : endOfList(text, from);
  if (first === openBrace) return -1;
  return endOfWord(text, from);
}

/** One past the closing quote; −1 for no string, or one with escapes. */
function endOfPlainString(text: Buffer, from: number): number {
  const end = text[from] === quote ? endOfString(text, from) : -1;
  // Names are too short for a search by indexOf.
  for (let at = from; at < end; at++) if (text[at] === backslash) return -1;
  return end;
}

/** One past the bracket that closes a list of plain values; −1 for any other list. */
function endOfList(text: Buffer, from: number): number {
  for (let at = from + 1; at < text.length; ) {
    const byte = text[at];
    if (byte === closeBracket) return at + 1;
    if (byte === openBracket || byte === openBrace) return -1;
    if (byte === quote) {
      at = endOfPlainString(text, at);
      if (at < 0) return -1;
    } else at++;
  }
  return -1;
}

/** A tensor ends before the quote that begins the next name, or at the end of the body. */
function endOfTensor(text: Buffer, from: number): number {
  let at = from;
  for (let found = 0; found < wordsMax; found++) {
    const next = text.indexOf(quote, at);
    const separator = lastBefore(text, next < 0 ? text.length : next);
    const end = lastBefore(text, separator);
    if (text[separator] === (next < 0 ? closeBrace : comma) && text[end] === closeBracket) return end + 1;
    const word = nonfiniteWords.find(
      (word) => next >= 0 && text.toString("latin1", next + 1, next + word.length + 2) === `${word}"`,
    );
    if (word === undefined) return -1;
    at = next + word.length + 2;
  }
  return -1;
}
