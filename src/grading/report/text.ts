import { stripVTControlCharacters } from "node:util";

// Strings of a submission are data: no report's structure changes by what they hold.

/** Longer strings are cut: an id is no place for a megabyte. */
const lengthMax = 500;

/** One line of printable text: escape sequences, control and format characters and lone surrogates are gone. */
export function plain(text: string, length = lengthMax): string {
  const printable = stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]+/gu, " ")
    .trim();
  const characters = [...printable];
  return characters.length > length ? `${characters.slice(0, length).join("")}…` : printable;
}

/** A document that people may open. */
export function indentedJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For an attribute or the text of an XML element. */
export function escapeXml(text: string): string {
  return plain(text).replaceAll(/[&<>"']/g, (character) => entities[character]!);
}

/** For a cell of a Markdown table: neither markup nor HTML. */
export function escapeMarkdown(text: string): string {
  return plain(text).replaceAll(/[\\`*_{}[\]()<>#+!|~&-]/g, (character) => `\\${character}`);
}

/** For a field of CSV (RFC 4180): quoted, and never a formula of a spreadsheet. */
export function csvField(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = plain(value);
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
