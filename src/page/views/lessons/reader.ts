import { type Real, toNumber } from "../../numbers.ts";
import { post } from "../../service/ask.ts";
import { compute } from "../../service/losses.ts";
import type { Asked, Part } from "./lesson.ts";

type Nested = Real | readonly Nested[];

const at = (tensor: Nested, places: readonly number[]): Nested =>
  places.reduce<Nested>((inner, place) => (inner as readonly Nested[])[place]!, tensor);

/** The numbers that a part asks for, from the service. */
export async function answersOf({ loss, request, asked }: Part, signal?: AbortSignal): Promise<Real[]> {
  const reply = await compute(loss, request, signal);
  return asked.map(({ output, at: places }) => at(reply[output] as Nested, places) as Real);
}

interface Verdict {
  readonly diagnosis?: { readonly candidates?: readonly { readonly student: string }[] };
}

/** What a reader wrote, as a number: with a comma or a true minus too. */
export function readNumber(text: string): Real | undefined {
  const words = text.trim().replace(",", ".").replaceAll("−", "-");
  const sign = /^-/.test(words) ? "-" : "";
  if (/^-?\+?(inf|infinity|∞)$/i.test(words)) return `${sign}Infinity` as Real;
  return words === "" || !Number.isFinite(Number(words)) ? undefined : Number(words);
}

/**
 * Whether a written number is the right one: off by one in its last digit at most, and never by more than a fiftieth, so
 * that few digits are enough and one alone is not.
 */
export function isRight(text: string, right: Real): boolean {
  const written = toNumber(readNumber(text)!);
  const value = toNumber(right);
  if (written === value) return true;
  const decimals = /[.,](\d+)/.exec(text)?.[1]?.length ?? 0;
  return Math.abs(written - value) <= Math.min(1.0001 * 10 ** -decimals, Math.abs(value) / 50);
}

/** Which mistake a wrong number looks like, where the service knows it. Given probabilities it does not grade. */
export async function hintOf(
  part: Part,
  asked: Asked,
  written: Real,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if ("probabilities" in part.request) return undefined;
  const reply = await compute(part.loss, part.request, signal);
  const claim = { [asked.output]: replaced(reply[asked.output] as Nested, asked.at, written) };
  const { diagnosis } = await post<Verdict>(`v1/losses/${part.loss}/check`, { ...part.request, claim }, signal);
  return diagnosis?.candidates?.[0]?.student;
}

/** The tensor with another number at a place. */
function replaced(tensor: Nested, places: readonly number[], value: Real): Nested {
  if (places.length === 0) return value;
  const [place, ...rest] = places;
  return (tensor as readonly Nested[]).map((inner, i) => (i === place ? replaced(inner, rest, value) : inner));
}
