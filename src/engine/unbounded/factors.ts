import type { ResidentBatch } from "../resident_batch.ts";

/** How far factors move a result, in powers of two: away from 1 in all, and towards larger ones. */
export interface Reach {
  readonly all: number;
  readonly up: number;
}

/** A kernel's steps may be smaller than its result by the factors, and by logarithms and shares of no more than this. */
export const stepBits = 64;
/** Factors that reach further in all may be multiplied to nothing, before a large number makes up for them. */
export const farBits = 1022 - stepBits;
/** Factors of at most 4 in all, and any below 1, leave an error at the doubles' lower end within a few of its last digits. */
export const harmlessUp = 2;

export const none: Reach = { all: 0, up: 0 };

export function plus(one: Reach, other: Reach): Reach {
  return { all: one.all + other.all, up: one.up + other.up };
}

/** Of one factor; one of 0 moves nothing. */
export function reachOf(factor: number): Reach {
  if (factor === 0 || factor === 1) return none;
  const exponent = exponentOf(factor);
  return factor > 1 ? { all: exponent + 1, up: exponent + 1 } : { all: -exponent, up: 0 };
}

/** Of what may be any of several factors: the furthest of them. */
function widest(factors: ArrayLike<number>): Reach {
  let [least, greatest] = [1, 1];
  for (let i = 0; i < factors.length; i++) {
    const factor = factors[i]!;
    if (factor > greatest) greatest = factor;
    else if (factor < least && factor !== 0) least = factor;
  }
  const [down, up] = [reachOf(least).all, reachOf(greatest).all];
  return { all: Math.max(down, up), up };
}

/** Of a loss's factors but the sample weights: the same for every example. */
export function sharedReach({ batch }: ResidentBatch): Reach {
  const { loss, tensors, options } = batch;
  const own = (loss.unbounded?.factors?.(options) ?? []).map(reachOf);
  const classes = widest(tensors.class_weights?.data ?? []);
  return [...own, classes].reduce(plus, none);
}

const view = new DataView(new ArrayBuffer(8));

/** The exponent of a number above 0; 1075 of an infinite one. */
function exponentOf(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 1075;
  view.setFloat64(0, x);
  const biased = (view.getUint16(0) >> 4) & 0x7ff;
  return biased === 0 ? -1074 : biased - 1023;
}
