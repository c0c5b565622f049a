import { answer } from "#lossd/service/formats.js";

export type Numbers = number | Numbers[];

/** A reply as a test reads it: infinities are numbers again. */
export interface Reply {
  loss: number;
  losses: Numbers;
  gradients: Numbers;
  gradient_wrt?: string;
  probabilities: Numbers;
  decomposition: Parts<Numbers> & { mean: Parts<number> };
  accuracy: { correct: Numbers; mean: number };
  reduction: string;
  denominator: number;
  loss_sum: number;
  weight_sum: number;
  valid_count: number;
  ignored_count: number;
  nonfinite_count: number;
}

export interface Parts<T> {
  cross_entropy: T;
  entropy: T;
  kl_divergence: T;
}

export type Request = Record<string, unknown>;

const words = new Map<unknown, number>([
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** A body as a client writes it: infinities are strings. */
export function body(request: Request): Uint8Array {
  const text = JSON.stringify(request, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  return new TextEncoder().encode(text);
}

/** The reply's bytes as text; an Error with the problem's detail if the request is refused. */
export function askText(loss: string, request: Request): string {
  const result = answer({ format: "json", loss, body: body(request), elementsMax: 1e8 });
  if (!result.ok) throw new Error(`${loss} refused: ${result.problem.code}: ${result.problem.detail}`);
  return Buffer.concat(result.reply).toString();
}

export function ask(loss: string, request: Request): Reply {
  return JSON.parse(askText(loss, request), (key, value) =>
    key === "reduction" ? value : (words.get(value) ?? value),
  );
}

export function flat(numbers: Numbers): number[] {
  return typeof numbers === "number" ? [numbers] : numbers.flatMap(flat);
}
