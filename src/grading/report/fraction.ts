/** An exact number of points: credits such as 0.8 of a third of 5 are added up without rounding. */
export class Fraction {
  static readonly zero = new Fraction(0n, 1n);

  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  static of(numerator: bigint, denominator: bigint): Fraction {
    const divisor = greatestDivisor(numerator < 0n ? -numerator : numerator, denominator);
    return new Fraction(numerator / divisor, denominator / divisor);
  }

  /** The decimal that a number's shortest text says: 0.1 is a tenth. Finite numbers only. */
  static decimal(value: number): Fraction {
    const [mantissa = "0", exponent = "0"] = String(value).split("e");
    const [whole = "0", decimals = ""] = mantissa.split(".");
    const digits = BigInt(whole + decimals);
    const power = Number(exponent) - decimals.length;
    return power >= 0 ? Fraction.of(digits * 10n ** BigInt(power), 1n) : Fraction.of(digits, 10n ** BigInt(-power));
  }

  plus(other: Fraction): Fraction {
    return Fraction.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  times(other: Fraction): Fraction {
    return Fraction.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  over(count: number): Fraction {
    return Fraction.of(this.numerator, this.denominator * BigInt(count));
  }

  equals(other: Fraction): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator;
  }

  isMoreThan(other: Fraction): boolean {
    return this.numerator * other.denominator > other.numerator * this.denominator;
  }

  /** Rounded once, half away from zero, to so many decimals. */
  toNumber(decimals = 4): number {
    const scale = 10n ** BigInt(decimals);
    const doubled = (2n * this.numerator * scale) / this.denominator;
    const rounded = (doubled + (doubled < 0n ? -1n : 1n)) / 2n;
    return Number(rounded) / Number(scale);
  }
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a || 1n : greatestDivisor(b, a % b);
}
