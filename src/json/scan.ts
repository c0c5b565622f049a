// Where things lie in the bytes of a JSON text: the steps that all who read such bytes take.

const tab = 0x09;
export const newline = 0x0a;
const carriageReturn = 0x0d;
export const space = 0x20;
export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;

/** Whether it is white space of JSON. */
export function isSpace(byte: number | undefined): boolean {
  return byte === space || byte === newline || byte === carriageReturn || byte === tab;
}

/** The first position from `from` on that holds no white space; the text's length if there is none. */
export function skipSpace(text: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(text[at])) at++;
  return at;
}

/** The last position before `to` that holds no white space; −1 if there is none. */
export function lastBefore(text: Uint8Array, to: number): number {
  let at = to - 1;
  while (isSpace(text[at])) at--;
  return at;
}

/** One past the quote that closes the string whose first quote is at `from`; −1 if none does. */
export function endOfString(text: Uint8Array, from: number): number {
  let end = text.indexOf(quote, from + 1);
  while (end >= 0) {
    let escapes = 0;
    while (text[end - 1 - escapes] === backslash) escapes++;
    if (escapes % 2 === 0) return end + 1;
    end = text.indexOf(quote, end + 1);
  }
  return -1;
}

/** One past the number, true, false or null that is a member of an object and begins at `from`. */
export function endOfWord(text: Uint8Array, from: number): number {
  let end = from;
  while (end < text.length && !isSpace(text[end]) && text[end] !== comma && text[end] !== closeBrace) end++;
  return end;
}
