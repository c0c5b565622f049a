/** What to send where a number has to stand, in place of what other libraries write for one; "" if that can't be told. */
export function numberHint(value: unknown): string {
  if (value === null) {
    return 'many JSON libraries write null for an infinite number, which is "Infinity" or "-Infinity" here, and for NaN, which has no loss';
  }
  if (value === true || value === false) return "send 1 or 0";
  if (typeof value !== "string") return "";
  const [, sign, word] = /^([+-]?)(nan|inf(?:inity)?)$/i.exec(value.trim()) ?? [];
  if (word) {
    return /^n/i.test(word)
      ? 'it is "NaN" here, allowed only where the example is ignored'
      : `it is "${sign === "-" ? "-" : ""}Infinity" here`;
  }
  if (value.trim() !== "" && Number.isFinite(Number(value))) return "leave the quotes out";
  return isEncoded(value) ? "it was encoded twice: send the array itself" : "";
}

/** Whether a text is itself an object or an array of JSON. */
export function isEncoded(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** The same where a Boolean has to stand. */
export function booleanHint(value: unknown): string {
  return value === 1 || value === 0 ? "1 is true and 0 false" : "";
}

/** What stands for a number that JSON has no text for. `text` begins a byte before what was found: there a sign may stand. */
export function wordHint(text: string): string {
  const [, sign = "", word] = /^(-)?.??(nan|inf(?:inity)?)(?![a-z])/i.exec(text) ?? [];
  if (!word) return "";
  const name = /^n/i.test(word) ? "NaN" : "Infinity";
  const use = name === "NaN" ? ", allowed only where the example is ignored" : "";
  return `: JSON has no ${name}, which a tensor has in quotes: "${name === "NaN" ? "" : sign}${name}"${use}`;
}
