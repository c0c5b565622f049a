/** Longer arrays are not shown. */
const shownMax = 8;

/** A value as an error message shows it: short, and without echoing a whole body. */
export function show(value: unknown): string {
  if (value instanceof Map) return "an object";
  if (Array.isArray(value)) {
    const isShort = value.length <= shownMax && value.every((item) => item === null || typeof item !== "object");
    return isShort
      ? `[${value.map((item) => (typeof item === "string" ? quoted(item) : String(item))).join(", ")}]`
      : "an array";
  }
  if (typeof value !== "string") return String(value);
  return `the string ${quoted(value)}`;
}

/** A text in quotes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
