// A request may be cut between any two examples: what an example gets does not depend on who was computed beside it.
import { describe, expect, test } from "vitest";
import * as at from "#lossd/kernels/batch.js";
import { losses } from "#lossd/losses/registry.js";
import { Random } from "../determinism/random.ts";
import { BatchMaker, type LaidBatch } from "./batches.ts";
import { GuardedMemory } from "./guarded_memory.ts";

const engine = new URL("../../dist/engine.wasm", import.meta.url);
const [whole, cut] = [new GuardedMemory(engine), new GuardedMemory(engine)];
const kernels = losses.flatMap((loss) =>
  [loss.name, `${loss.name}_given_probabilities`]
    .filter((kernel) => whole.calls.has(kernel))
    .map((kernel) => ({ kernel, loss })),
);

/** Everything that a kernel has stored. */
function answers(memory: GuardedMemory, { examples, classes, float32, field }: LaidBatch): unknown[] {
  const perExample = [at.LOSSES, at.CROSS_ENTROPY, at.ENTROPY, at.KL_DIVERGENCE].filter(field);
  const large = [at.GRADIENTS, at.PROBABILITIES].filter(field);
  const count = examples * classes;
  return [
    perExample.map((output) => memory.numbers(field(output), examples)),
    large.map((output) => (float32 ? memory.floats(field(output), count) : memory.numbers(field(output), count))),
  ];
}

describe.each(kernels)("$kernel", ({ kernel, loss }) => {
  test("gives the same bits in one piece and in several", () => {
    // The same batches in two memories.
    const makers = [whole, cut].map(
      (memory) => new BatchMaker(memory, new Random(`batches of ${kernel}`), loss, kernel !== loss.name),
    );
    const random = new Random(`cuts of ${kernel}`);
    for (let round = 0; round < 400; round++) {
      const [one, other] = makers.map((maker) => maker.make());
      whole.calls.get(kernel)!(one!.address, 0, one!.examples);
      for (let from = 0; from < other!.examples; ) {
        const to = from + 1 + random.below(Math.min(5, other!.examples - from));
        cut.calls.get(kernel)!(other!.address, from, to);
        from = to;
      }
      expect(answers(cut, other!)).toEqual(answers(whole, one!));
    }
  });
});
