// Every function that the engine exports, with random and adversarial inputs that keep its contract: no write outside its
// buffers, no trap, no NaN and no −0 where it stores an answer.
import * as at from "#lossd/kernels/batch.js";
import { losses } from "#lossd/losses/registry.js";
import { toFloat32 } from "../determinism/float32.ts";
import { drawLogit, profiles } from "../determinism/numbers.ts";
import { Random } from "../determinism/random.ts";
import { BatchMaker, type LaidBatch, scratchBytes } from "./batches.ts";
import { checkPlans } from "./checks.ts";
import { codecPlans } from "./codec.ts";
import type { Call, GuardedMemory } from "./guarded_memory.ts";
import { scalarPlans } from "./scalars.ts";

export interface Fuzzed {
  /** Examples: elements, or rows. */
  readonly inputs: number;
  readonly calls: number;
}

/** One round with fresh inputs: the number of examples that went in. Throws an Error for what must not be. */
type Round = () => number;
type Plan = (memory: GuardedMemory, call: Call, random: Random) => Round;

/** Outputs of a loss's kernel with the numbers an example has in each. */
function outputsOf(kernel: string, rowwise: boolean, classes: number): (readonly [number, number])[] {
  const parts = [at.CROSS_ENTROPY, at.ENTROPY, at.KL_DIVERGENCE].map((field) => [field, 1] as const);
  if (kernel === "sigmoid_probabilities" || kernel === "given_probabilities") return [[at.PROBABILITIES, 1]];
  if (!rowwise && kernel.endsWith("_decomposition")) return parts;
  const own = [[at.LOSSES, 1] as const, [at.GRADIENTS, classes] as const];
  return rowwise ? [...own, [at.PROBABILITIES, classes] as const, ...parts] : own;
}

/** The kernels that run over the examples from…to−1 of a batch. */
function batchKernel(kernel: string, lossName: string): Plan {
  const loss = losses.find(({ name }) => name === lossName)!;
  return (memory, call, random) => {
    const maker = new BatchMaker(memory, random, loss, kernel.includes("given_probabilities"));
    return () => {
      const batch = maker.make();
      const outputs = outputsOf(kernel, loss.kind === "rowwise", batch.classes).filter(([field]) => batch.field(field));
      // A part of the batch half of the time: the rest is not to be touched.
      const from = random.once(2) ? 0 : random.below(batch.examples + 1);
      const to = random.once(2) ? batch.examples : from + random.below(batch.examples - from + 1);
      for (const [field, width] of outputs) {
        const bytes = width * (isFloat32(batch, field) ? 4 : 8);
        memory.allow(batch.field(field) + bytes * from, bytes * (to - from));
      }
      const usesScratch = loss.kind === "rowwise" || batch.float32;
      if (usesScratch) memory.allow(batch.field(at.SCRATCH), scratchBytes(batch.classes, batch.float32));
      if (outputs.length > 0) call(batch.address, from, to);
      for (const [field, width] of outputs) checkOutput(memory, batch, field, width, from, to);
      return to - from;
    };
  };
}

/** Whether an output holds float32: those that are summed do not. */
function isFloat32(batch: LaidBatch, field: number): boolean {
  return batch.float32 && (field === at.GRADIENTS || field === at.PROBABILITIES);
}

function checkOutput(
  memory: GuardedMemory,
  batch: LaidBatch,
  field: number,
  width: number,
  from: number,
  to: number,
): void {
  const weighted = field === at.LOSSES || field === at.GRADIENTS;
  const count = batch.examples * width;
  const values = isFloat32(batch, field)
    ? memory.floats(batch.field(field), count)
    : memory.numbers(batch.field(field), count);
  for (let i = from * width; i < to * width; i++) {
    const value = values[i]!,
      example = Math.floor(i / width);
    checkNumber(value, `field ${field}, number ${i} of ${values.length}`);
    const counts = weighted ? batch.counts(example) : batch.kept(example);
    if (!counts && value !== 0) throw new Error(`field ${field}, number ${i} is ${value}, and does not count`);
  }
}

function checkNumber(value: number, what: string): void {
  if (Number.isNaN(value)) throw new Error(`${what} is NaN`);
  if (Object.is(value, -0)) throw new Error(`${what} is -0`);
}

function checkNumbers(values: Float64Array | Float32Array): void {
  for (const [i, value] of values.entries()) checkNumber(value, `number ${i}`);
}

/** Any finite numbers. */
function someNumbers(random: Random): Float64Array {
  const profile = random.pick(profiles);
  return Float64Array.from(random.list(random.below(64), () => drawLogit(random, profile)));
}

const rowLoss = "cross_entropy";

/** The functions that serve every loss. */
const plans: Readonly<Record<string, Plan>> = {
  ...codecPlans,
  ...scalarPlans,
  ...checkPlans,
  heap_base: (memory, call) => () => {
    memory.clear();
    if (call() <= 0) throw new Error("no heap base");
    return 1;
  },
  exact_sum_bytes: (memory, call) => () => {
    memory.clear();
    if (call() % 8 !== 0) throw new Error("a sum is no whole number of words");
    return 1;
  },
  exact_sum_add: sumOf,
  exact_sum_add_products: sumOf,
  exact_sum_round: sumOf,
  exact_sum_divide: sumOf,
  weigh: (memory, call, random) => () => {
    memory.clear();
    const values = someNumbers(random),
      count = values.length;
    const weights = random.once(3) ? 0 : memory.place(Float64Array.from(random.list(count, () => random.below(3))), 2);
    const keep = random.once(2) ? 0 : memory.place(Uint8Array.from(random.list(count, () => random.below(2))), 3);
    const at = memory.place(values, 1),
      out = memory.allocate(8 * count, 2);
    memory.allow(out, 8 * count);
    call(at, weights, keep, count, out);
    checkNumbers(memory.numbers(out, count));
    return count;
  },
  count_nonfinite: (memory, call, random) => () => {
    memory.clear();
    const values = someNumbers(random);
    if (call(memory.place(values, 1), values.length) !== 0) throw new Error("finite numbers are counted");
    return values.length;
  },
  count_nonfinite_float32: (memory, call, random) => () => {
    memory.clear();
    const values = Float32Array.from(someNumbers(random), toFloat32);
    if (call(memory.place(values, 1), values.length) !== 0) throw new Error("finite numbers are counted");
    return values.length;
  },
  round_to_float32: (memory, call, random) => () => {
    memory.clear();
    const values = someNumbers(random),
      count = values.length;
    const at = memory.place(values, 1),
      out = memory.allocate(4 * count, 2);
    memory.allow(out, 4 * count);
    call(at, count, out);
    checkNumbers(memory.floats(out, count));
    return count;
  },
  divide: (memory, call, random) => () => {
    memory.clear();
    checkNumber(call(random.finite(), random.once(4) ? 0 : Math.abs(random.finite())), "the quotient");
    return 1;
  },
  label_weights: (memory, call, random) => {
    const maker = new BatchMaker(memory, random, losses.find(({ name }) => name === rowLoss)!, false);
    return () => {
      const { address, examples } = maker.make();
      const out = memory.allocate(8 * examples, 2);
      memory.allow(out, 8 * examples);
      call(address, out);
      checkNumbers(memory.numbers(out, examples));
      return examples;
    };
  },
  normalise_labels: (memory, call, random) => {
    const maker = new BatchMaker(memory, random, losses.find(({ name }) => name === rowLoss)!, false);
    return () => {
      const batch = maker.make();
      if (!batch.distributions) return 0;
      const count = batch.examples * batch.classes;
      memory.allow(batch.field(at.LABELS), 8 * count);
      call(batch.address);
      checkNumbers(memory.numbers(batch.field(at.LABELS), count));
      return batch.examples;
    };
  },
  sigmoid_probabilities: batchKernel("sigmoid_probabilities", "binary_cross_entropy"),
  given_probabilities: batchKernel("given_probabilities", "binary_cross_entropy"),
};

/** A sum in two halves, and its rounding. */
function sumOf(memory: GuardedMemory, _call: Call, random: Random): Round {
  const calls = ["bytes", "add", "add_products", "round", "divide"].map(
    (name) => memory.calls.get(`exact_sum_${name}`)!,
  );
  const [bytes, add, addProducts, round, divide] = calls;
  return () => {
    memory.clear();
    const values = someNumbers(random),
      half = random.below(values.length + 1);
    const address = memory.place(values, 1),
      sum = memory.place(new Uint8Array(bytes!()), 2);
    memory.allow(sum, bytes!());
    add!(sum, address, half);
    add!(sum, address + 8 * half, values.length - half);
    const weights = memory.place(
      Float64Array.from(values, () => random.below(3) * 2 ** (random.below(2000) - 1000)),
      3,
    );
    addProducts!(sum, address, random.once(2) ? weights : 0, 0, half);
    checkNumber(round!(sum), "the sum");
    checkNumber(divide!(sum, random.below(3) * 2 ** (random.below(2000) - 1000)), "the mean");
    return values.length;
  };
}

/** The plan for an export. Throws an Error for one that nothing here calls: a new kernel is fuzzed from the start. */
function planFor(kernel: string): Plan {
  const own = plans[kernel];
  if (own) return own;
  const name = kernel.replace(/(_given_probabilities)?(_decomposition)?$/, "");
  if (!losses.some((loss) => loss.name === name)) throw new Error(`nothing fuzzes the export ${kernel}`);
  return batchKernel(kernel, name);
}

/** Puts at least that many inputs into one export of the engine. Throws an Error that says which call went wrong. */
export function fuzz(memory: GuardedMemory, kernel: string, inputsMin: number, seed: string): Fuzzed {
  const round = planFor(kernel)(memory, memory.calls.get(kernel)!, new Random(`${seed} ${kernel}`));
  let inputs = 0,
    calls = 0;
  try {
    for (; inputs < inputsMin; calls++) {
      inputs += round();
      const stray = memory.findStrayWrite();
      if (stray !== undefined) throw new Error(`wrote outside of its buffers, at address ${stray}`);
    }
  } catch (cause) {
    throw new Error(`${kernel}, seed ${seed}, call ${calls}: ${(cause as Error).message}`, { cause });
  }
  return { inputs, calls };
}
