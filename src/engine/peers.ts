import type { Engine } from "./engine.ts";

/** What several engines, each with some rows of one batch, find out together. Every one gets the same numbers. */
export interface Peers {
  /** Makes the exact sum there that of everyone. */
  combine(engine: Engine, sum: number): void;
  /** The sums of whole numbers, each at most 2⁵³ in all. */
  totals(...counts: number[]): number[];
}

/** A batch on one engine. */
export const alone: Peers = {
  combine: () => {},
  totals: (...counts) => counts,
};

/** Another part cannot go on, so that none can. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** Places in the shared Int32Array; the slots of numbers lie behind it. */
const arrived = 0;
const round = 1;
const abandoned = 2;
const headBytes = 16;

/** How long a part waits before it looks again whether the others are there. */
const lookAgainMs = 100;

/** 64-bit numbers in a slot: an exact sum's, or a list of whole numbers. */
const slotLength = 144;

/**
 * The shared memory of parts that run at the same time, each on a thread of its own. A part that waits for the others
 * stops its thread, so all of them have to be running, and the one that cannot go on has to call `abandon`.
 */
export class SharedPeers implements Peers {
  readonly #head: Int32Array;
  readonly #slots: BigInt64Array;
  readonly #place: number;
  readonly #parts: number;
  #turn = 0;

  constructor(memory: SharedArrayBuffer, place: number, parts: number) {
    this.#head = new Int32Array(memory, 0, headBytes / 4);
    this.#slots = new BigInt64Array(memory, headBytes);
    this.#place = place;
    this.#parts = parts;
  }

  static memory(parts: number): SharedArrayBuffer {
    return new SharedArrayBuffer(headBytes + 2 * parts * slotLength * 8);
  }

  /** Wakes every part that waits; whoever waits from now on gets an Abandoned. */
  static abandon(memory: SharedArrayBuffer): void {
    const head = new Int32Array(memory, 0, headBytes / 4);
    Atomics.store(head, abandoned, 1);
    Atomics.add(head, round, 1);
    Atomics.notify(head, round);
  }

  /** How many parts have come to the meeting that is due, how many meetings there were, and whether all was given up. */
  static progress(memory: SharedArrayBuffer): { arrived: number; round: number; abandoned: boolean } {
    const head = new Int32Array(memory, 0, headBytes / 4);
    return { arrived: head[arrived]!, round: head[round]!, abandoned: head[abandoned] === 1 };
  }

  combine(engine: Engine, sum: number): void {
    const chunks = new BigInt64Array(engine.calls.memory.buffer, sum, engine.calls.exact_sum_bytes() / 8);
    // An exact sum is whole numbers, whose sum is that of all the numbers: nothing is rounded before the end.
    const slots = this.#exchange(chunks);
    chunks.fill(0n);
    for (const slot of slots) for (let i = 0; i < chunks.length; i++) chunks[i]! += slot[i]!;
  }

  totals(...counts: number[]): number[] {
    const slots = this.#exchange(counts.map(BigInt));
    return counts.map((_, i) => slots.reduce((sum, slot) => sum + Number(slot[i]), 0));
  }

  /** The sums of `counts`. Throws an Abandoned, for every part, unless all gave the same whole numbers `equal`. */
  agree(equal: readonly number[], counts: readonly number[]): number[] {
    const same = [equal.length, ...equal].map(BigInt);
    const slots = this.#exchange([...same, ...counts.map(BigInt)]);
    if (!slots.every((slot) => same.every((value, i) => slot[i] === value))) throw new Abandoned("the parts differ");
    return counts.map((_, i) => slots.reduce((sum, slot) => sum + Number(slot[same.length + i]), 0));
  }

  /** Gives numbers to all parts and takes theirs: a slot each, valid until the next exchange but one. */
  #exchange(numbers: ArrayLike<bigint>): BigInt64Array[] {
    if (numbers.length > slotLength) throw new Abandoned("there are more numbers than a slot holds");
    // Two sets of slots in turn: when a set is used again, everyone has passed the exchange after its last one.
    const set = this.#turn * this.#parts;
    this.#turn = 1 - this.#turn;
    const slot = (part: number) => this.#slots.subarray((set + part) * slotLength, (set + part + 1) * slotLength);
    slot(this.#place).set(numbers);
    this.#meet();
    return Array.from({ length: this.#parts }, (_, part) => slot(part));
  }

  #meet(): void {
    const current = Atomics.load(this.#head, round);
    this.#stopIfAbandoned();
    if (Atomics.add(this.#head, arrived, 1) === this.#parts - 1) {
      Atomics.store(this.#head, arrived, 0);
      Atomics.add(this.#head, round, 1);
      Atomics.notify(this.#head, round);
    } else {
      // A wake-up that gets lost, or comes too early, costs a moment and not the request.
      while (Atomics.load(this.#head, round) === current) Atomics.wait(this.#head, round, current, lookAgainMs);
    }
    this.#stopIfAbandoned();
  }

  #stopIfAbandoned(): void {
    if (Atomics.load(this.#head, abandoned) === 1) throw new Abandoned("another part cannot go on");
  }
}
