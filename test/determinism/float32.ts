// The drawn bodies as float32 requests of the library: the same questions, with an input that is rounded to float32.
import { compute } from "#lossd/index.js";
import type { Loss } from "#lossd/losses/loss.js";

/** What rounds to float32 without becoming infinite. */
const greatest = 3e38;

type Nested = number | string | readonly Nested[];

interface Tensor<Data> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** A request of the library. */
export type Float32Request = Record<string, unknown> & { readonly logits?: unknown; readonly probabilities?: unknown };

function shapeOf(values: Nested): number[] {
  return Array.isArray(values) ? [values.length, ...(values.length > 0 ? shapeOf(values[0]!) : [])] : [];
}

export function toFloat32(value: number | string): number {
  const number = Number(value);
  return Number.isFinite(number) ? Math.max(-greatest, Math.min(number, greatest)) : number;
}

/** The request of a drawn body: its input a Float32Array, the rest as it is. */
export function float32Request(body: string): Float32Request {
  // How infinities are written is a matter of text.
  const { nonfinite: _nonfinite, ...request } = JSON.parse(body) as Record<string, unknown>;
  const name = "logits" in request ? "logits" : "probabilities";
  const values = request[name] as Nested;
  const flat = (Array.isArray(values) ? values.flat(Infinity) : [values]) as (number | string)[];
  return { ...request, [name]: { shape: shapeOf(values), data: Float32Array.from(flat, toFloat32) } };
}

/** The same request with the same input in doubles. */
export function widened(request: Float32Request): Float32Request {
  const name = "logits" in request ? "logits" : "probabilities";
  const { shape, data } = request[name] as Tensor<Float32Array>;
  return { ...request, [name]: { shape, data: Float64Array.from(data) } };
}

/** Every number of a result by its path, with float32 arrays as they are. */
export function numbersOf(result: object, path = ""): [string, Float64Array | Float32Array][] {
  return Object.entries(result).flatMap(([name, value]: [string, unknown]) => {
    const place = `${path}/${name}`;
    if (typeof value === "number") return [[place, Float64Array.of(value)]];
    if (ArrayBuffer.isView(value)) return [[place, value as Float64Array | Float32Array]];
    return typeof value === "object" && value !== null && !Array.isArray(value) ? numbersOf(value, place) : [];
  });
}

/** The bytes of all numbers of a loss's float32 answers. */
export function float32Reply(loss: Loss, body: string): Uint8Array {
  const result = compute(loss.name as string, float32Request(body) as never);
  const parts = numbersOf(result).map(([, data]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return Buffer.concat(parts);
}
