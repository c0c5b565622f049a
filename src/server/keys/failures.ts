const delayMs = { first: 100, max: 5000 };
/** Wrong keys that an address may show before it has to wait: people mistype. */
const freeFailures = 5;
/** An address that has shown none for so long begins anew. */
const forgetMs = 60_000;
const addressesMax = 4096;
/** Replies that are held back at one time. Beyond them a wrong key is answered at once. */
const heldMax = 256;

/** Slows down whoever shows wrong keys, by address. A right key never waits. */
export class Failures {
  readonly #byAddress = new Map<string, { count: number; at: number }>();
  #held = 0;

  /** Notes a failure of that address, and calls back after the time that it has to wait. */
  note(address: string, answer: () => void): void {
    const ms = this.#delayOf(prefixOf(address));
    if (ms === 0 || this.#held >= heldMax) {
      answer();
      return;
    }
    this.#held++;
    setTimeout(() => {
      this.#held--;
      answer();
    }, ms);
  }

  #delayOf(prefix: string): number {
    const now = performance.now();
    const known = this.#byAddress.get(prefix);
    const count = known && now - known.at < forgetMs ? known.count + 1 : 1;
    // At the end of the map's order, so that the first one is the one that is silent for longest.
    this.#byAddress.delete(prefix);
    this.#byAddress.set(prefix, { count, at: now });
    if (this.#byAddress.size > addressesMax) this.#byAddress.delete(this.#byAddress.keys().next().value!);
    if (count <= freeFailures) return 0;
    return Math.min(delayMs.first * 2 ** (count - freeFailures - 1), delayMs.max);
  }
}

/** An IPv6 network of 64 bits is one caller's: whoever has one address of it has them all. */
function prefixOf(address: string): string {
  return address.includes(":") && !address.includes(".") ? address.split(":").slice(0, 4).join(":") : address;
}
