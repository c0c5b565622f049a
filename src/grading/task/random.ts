import { createHmac } from "node:crypto";

/** A stream of numbers that is the same on every machine: integer arithmetic and SHA-256 only. */
export abstract class Random {
  /** 32 random bits. */
  abstract bits(): number;

  /** A whole number from 0 to below − 1. */
  below(below: number): number {
    return Math.floor((this.bits() / 2 ** 32) * below);
  }

  /** In [least, greatest], with four decimals: a text that every language reads to the same double. */
  between(least: number, greatest: number): number {
    const steps = Math.round((greatest - least) * 1e4);
    return Math.round(least * 1e4 + this.below(steps + 1)) / 1e4;
  }
}

/** The stream of draw 1 (G. Marsaglia, "Xorshift RNGs", 2003): whoever sees some of its numbers can find the seed. */
export class SeededRandom extends Random {
  #state: number;

  /** A seed of 0 to 2⁵³ − 1; neighbours are far apart after the first draws. */
  constructor(seed: number) {
    super();
    this.#state = (Math.imul((seed % 2 ** 32) ^ Math.floor(seed / 2 ** 32), 0x9e3779b9) ^ 0x243f6a88) >>> 0 || 1;
    for (let i = 0; i < 16; i++) this.bits();
  }

  bits(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }
}

/** The stream of draws 2 and 3: HMAC-SHA256 of a counter. Its numbers tell neither the secret nor a stream of another name. */
export class SecretRandom extends Random {
  readonly #secret: string;
  readonly #name: string;
  #block: Buffer = Buffer.alloc(0);
  #counter = 0;
  #at = 0;

  constructor(secret: string, name: string, draw = 2) {
    super();
    this.#secret = secret;
    this.#name = `draw ${draw}, ${name}`;
  }

  bits(): number {
    if (this.#at === this.#block.length) {
      this.#block = hmac(this.#secret, `${this.#name}, block ${this.#counter++}`);
      this.#at = 0;
    }
    this.#at += 4;
    return this.#block.readUInt32BE(this.#at - 4);
  }
}

/** What may be told of a secret: 32 bytes from which it cannot be found. */
export function hmac(secret: string, text: string): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}
