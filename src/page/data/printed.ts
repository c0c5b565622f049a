import type { Real } from "../numbers.ts";

export type Nested = Real | boolean | readonly Nested[];

/** A text that holds no tensor; the message says what to do. */
export class Unreadable extends Error {}

const words: Readonly<Record<string, Nested>> = {
  inf: "Infinity",
  infinity: "Infinity",
  "-inf": "-Infinity",
  "-infinity": "-Infinity",
  nan: "NaN",
  true: true,
  false: false,
};

/**
 * A tensor as JSON, PyTorch, NumPy or a spreadsheet prints it: `[[1, 2]]`, `tensor([1., 2.], grad_fn=…)`, `[[1. 2.]]`,
 * `1 2 3`. Throws Unreadable, also for a print that left numbers out.
 */
export function readPrinted(text: string): Nested {
  if (/\.\.\.|…/.test(text)) {
    throw new Unreadable(
      'Some numbers are left out (...). Print all of them: torch.set_printoptions(profile="full"), or x.tolist().',
    );
  }
  const tokens = withoutWrapping(text).match(/[[\]]|[^\s,[\]]+/g) ?? [];
  if (tokens.length === 0) throw new Unreadable("There are no numbers here.");
  const all: Nested[] = [];
  const stack: Nested[][] = [all];
  for (const token of tokens) {
    if (token === "[") {
      const inner: Nested[] = [];
      stack.at(-1)!.push(inner);
      stack.push(inner);
    } else if (token === "]") {
      if (stack.length === 1) throw new Unreadable("There is a ] too many.");
      stack.pop();
    } else stack.at(-1)!.push(readToken(token));
  }
  if (stack.length > 1) throw new Unreadable("A [ is never closed.");
  return all.length === 1 ? all[0]! : all;
}

/** What stands between the outer brackets of tensor(…) or array(…), or the whole text. */
function withoutWrapping(text: string): string {
  const call = /^\s*[\w.]+\(([\s\S]*)\)\s*;?\s*$/.exec(text);
  if (!call) return text;
  const inner = call[1]!;
  const end = inner.lastIndexOf("]");
  return end >= 0 ? inner.slice(0, end + 1) : (inner.split(",")[0] ?? "");
}

function readToken(token: string): Nested {
  const word = words[token.toLowerCase().replace("−", "-")];
  if (word !== undefined) return word;
  const number = Number(token.replace("−", "-"));
  if (Number.isNaN(number)) throw new Unreadable(`"${token}" is no number.`);
  return number;
}
