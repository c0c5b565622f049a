// Elementary functions of unbounded numbers, by their series in whole numbers of 2^−bits.
import { bitsKept, manyBits, Unbounded, withBits } from "./number.ts";

/** Of a series: what its steps round off lies below what is kept. */
const bitsOf = () => bitsKept() + 32;
/** Beyond this e^x is 0, or infinite, whatever doubles it is multiplied by. */
const exponentMax = 1e6;

const halvings = 10;

const two = Unbounded.of(2);
const half = Unbounded.of(0.5);

/** Σ s^k/(2k+1) of s below 1. */
function atanhSeries(square: bigint, bits: number): bigint {
  let sum = 1n << BigInt(bits);
  let power = sum;
  for (let k = 3n; power > 0n; k += 2n) {
    power = (power * square) >> BigInt(bits);
    sum += power / k;
  }
  return sum;
}

/** log(1+x) for |x| ≤ ½. */
function log1pNear(x: Unbounded): Unbounded {
  const bits = bitsOf();
  const s = x.over(x.plus(two));
  return s.times(Unbounded.scaled(atanhSeries(s.times(s).fixed(bits), bits), 1 - bits));
}

/** log(1 + k/64) by bits and k: near the table's numbers the series is short. */
const known = new Map<string, Unbounded>();

function logOfStep(k: number): Unbounded {
  const key = `${bitsKept()} ${k}`;
  const found = known.get(key) ?? log1pNear(Unbounded.of(k / 64));
  known.set(key, found);
  return found;
}

function ln2(): Unbounded {
  return logOfStep(-32).negated();
}

/** The natural logarithm of a number above 0. */
export function log(x: Unbounded): Unbounded {
  let exponent = x.magnitude;
  let mantissa = x.timesPowerOfTwo(-exponent);
  // In [¾, 1½): where the logarithm is small, all of its digits are those of the series.
  while (mantissa.isBelow(Unbounded.of(0.75))) {
    mantissa = mantissa.timesPowerOfTwo(1);
    exponent--;
  }
  const k = Math.round((mantissa.toNumber() - 1) * 64);
  const step = Unbounded.of(1 + k / 64);
  const rest = log1pNear(mantissa.minus(step).over(step));
  const near = k === 0 ? rest : rest.plus(logOfStep(k));
  return exponent === 0 ? near : near.plus(ln2().times(Unbounded.of(exponent)));
}

/** log(1+x) for x above −1. */
export function log1p(x: Unbounded): Unbounded {
  return half.isBelow(x.size()) ? log(Unbounded.one.plus(x)) : log1pNear(x);
}

/** e^x − 1 for |x| ≤ ½. */
function expm1Near(x: Unbounded): Unbounded {
  const bits = bitsOf();
  const fixed = x.fixed(bits);
  let sum = 1n << BigInt(bits);
  let term = sum;
  for (let n = 2n; term !== 0n && term !== -1n; n++) {
    term = ((term * fixed) >> BigInt(bits)) / n;
    sum += term;
  }
  return x.times(Unbounded.scaled(sum, -bits));
}

export function expm1(x: Unbounded): Unbounded {
  return half.isBelow(x.size()) ? exp(x).minus(Unbounded.one) : expm1Near(x);
}

export function exp(x: Unbounded): Unbounded {
  if (x.magnitude > 24) return x.sign < 0 ? Unbounded.zero : Unbounded.one.timesPowerOfTwo(2 * exponentMax);
  const bits = bitsOf();
  const unit = BigInt(bits);
  const turns = Math.round(x.toNumber() * Math.LOG2E);
  const rest = x.minus(ln2().times(Unbounded.of(turns))).fixed(bits);
  // e^(rest/2^halvings), squared as often.
  const step = rest >> BigInt(halvings);
  const one = 1n << unit;
  let [sum, term] = [one, one];
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = ((term * step) >> unit) / n;
    sum += term;
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) >> unit;
  return Unbounded.scaled(sum, turns - bits);
}

/** x^y for x ≥ 0 and y ≥ 0; 1 for y = 0. */
export function pow(x: Unbounded, y: number): Unbounded {
  if (y === 0) return Unbounded.one;
  return x.sign === 0 ? Unbounded.zero : exp(log(x).times(Unbounded.of(y)));
}

/** log(1+e^x). */
export function softplus(x: Unbounded): Unbounded {
  const bend = log1p(exp(x.size().negated()));
  return x.sign > 0 ? x.plus(bend) : bend;
}

/** 1/(1+e^−x). */
export function sigmoid(x: Unbounded): Unbounded {
  const e = exp(x.size().negated());
  return (x.sign < 0 ? e : Unbounded.one).over(Unbounded.one.plus(e));
}

export function sum(numbers: readonly Unbounded[]): Unbounded {
  return numbers.reduce((total, number) => total.plus(number), Unbounded.zero);
}

/** The sum of doubles, exactly: their bits lie that far apart. */
export function sumExactly(...doubles: readonly Unbounded[]): Unbounded {
  return withBits(manyBits, () => sum(doubles));
}
