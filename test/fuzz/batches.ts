// Batches that keep the kernels' contract (docs/abi.md), laid into guarded memory: ordinary numbers and the worst ones.
import * as at from "#lossd/kernels/batch.js";
import { type ElementDomain, isPerClass, type Loss, type RowDomain } from "#lossd/losses/loss.js";
import {
  drawDistribution,
  drawLabel,
  drawLogit,
  drawOneHot,
  drawOption,
  drawUnit,
  profiles,
} from "../determinism/numbers.ts";
import type { Random } from "../determinism/random.ts";
import type { GuardedMemory } from "./guarded_memory.ts";

export interface LaidBatch {
  readonly address: number;
  readonly examples: number;
  readonly classes: number;
  readonly distributions: boolean;
  /** Whether example i counts: it is kept, and its weight is not 0. */
  counts(i: number): boolean;
  kept(i: number): boolean;
  /** The address in a field; 0: not given. */
  field(offset: number): number;
}

/** What labels are drawn as. */
type Form = "element" | "index" | "one_hot" | "distribution" | "teacher";

const rowForms: Readonly<Record<RowDomain, readonly Form[]>> = {
  class_or_distribution: ["index", "distribution"],
  class: ["index", "one_hot"],
  distribution: ["distribution", "teacher"],
};

/** Weights and divisors: finite, at least 0, of any size. */
function drawSize(random: Random): number {
  if (random.once(2)) return random.between(0, 4);
  return random.pick([0, 1, 3, 5e-324, 1e-300, 1e300, Number.MAX_VALUE, Math.abs(random.finite())]);
}

/** A weight of one of up to 300 classes: twice their sum is a double. */
function drawClassWeight(random: Random): number {
  return Math.min(drawSize(random), 1e305);
}

export class BatchMaker {
  readonly memory: GuardedMemory;
  readonly random: Random;
  readonly loss: Loss;
  readonly probabilities: boolean;

  constructor(memory: GuardedMemory, random: Random, loss: Loss, probabilities: boolean) {
    this.memory = memory;
    this.random = random;
    this.loss = loss;
    this.probabilities = probabilities;
  }

  /** Lays down a new batch of up to 48 examples; everything that was in the memory before is gone. */
  make(): LaidBatch {
    const { memory, random, loss } = this;
    memory.clear();
    const rowwise = loss.kind === "rowwise";
    const classes = rowwise ? this.#drawClasses() : 1;
    const examples = random.below(Math.min(48, Math.ceil(3000 / classes)) + 1);
    const form: Form = rowwise ? random.pick(rowForms[loss.labels as RowDomain]) : "element";
    const distributions = rowwise && form !== "index";
    const options = this.#drawOptions(classes);
    const keep = random.once(3) ? Uint8Array.from(random.list(examples, () => (random.once(3) ? 0 : 1))) : undefined;
    const weights = random.once(2) ? this.#numbers(examples, () => drawSize(random)) : undefined;
    const exists = rowwise && !this.probabilities && random.once(3) ? this.#drawExisting(examples, classes) : undefined;
    const perRow = exists !== undefined && random.once(2);
    const wants = (often: number) => !random.once(often);
    const buffer = (count: number, wanted = true) => (wanted ? memory.allocate(8 * count, this.#gap()) : 0);
    const parts = loss.supports.decomposition && wants(3);
    const fields = new Map<number, number>([
      [at.EXAMPLES, examples],
      [at.CLASSES, classes],
      [at.LOGITS, this.#place(this.#drawInput(examples, classes, keep, exists))],
      [
        form === "teacher" ? at.LABEL_LOGITS : at.LABELS,
        this.#place(this.#drawTarget(form, examples, classes, keep, exists, options)),
      ],
      [at.DISTRIBUTIONS, distributions ? 1 : 0],
      [at.KEEP, this.#place(keep)],
      [at.SAMPLE_WEIGHTS, this.#place(weights)],
      [at.CLASS_MASK, this.#place(perRow ? exists : exists?.slice(0, classes))],
      [at.CLASS_MASK_STRIDE, perRow ? classes : 0],
      [
        at.CLASS_WEIGHTS,
        this.#place(random.once(3) ? this.#numbers(classes, () => drawClassWeight(random)) : undefined),
      ],
      [at.LOSSES, buffer(examples)],
      [at.GRADIENTS, buffer(examples * classes)],
      [at.PROBABILITIES, buffer(examples * classes, loss.activation !== "identity" && wants(3))],
      [at.SCRATCH, memory.allocate(9 * classes, this.#gap())],
      ...[at.CROSS_ENTROPY, at.ENTROPY, at.KL_DIVERGENCE].map((part) => [part, buffer(examples, parts)] as const),
    ]);
    const address = this.#placeFields(fields, options, classes);
    const kept = (i: number) => keep?.[i] !== 0;
    const counts = (i: number) => kept(i) && weights?.[i] !== 0;
    return { address, examples, classes, distributions, kept, counts, field: (offset) => fields.get(offset) ?? 0 };
  }

  #gap(): number {
    return 2 + this.random.below(6);
  }

  #place(data: Float64Array | Uint8Array | undefined): number {
    return data ? this.memory.place(data, this.#gap()) : 0;
  }

  #placeFields(fields: ReadonlyMap<number, number>, options: Record<string, unknown>, classes: number): number {
    const view = new DataView(new ArrayBuffer(at.BATCH_BYTES));
    for (const [offset, value] of fields) view.setUint32(offset, value, true);
    view.setFloat64(at.DENOMINATOR, this.random.once(2) ? 1 : drawSize(this.random), true);
    const { loss } = this;
    loss.parameters.forEach((name, i) => {
      const schema = loss.options.properties[name] as { enum?: readonly unknown[] } | undefined;
      const value = options[name];
      const perClass = value !== undefined && isPerClass(loss.options.properties[name]!);
      const list = Array.isArray(value) ? value : Array(classes).fill(value);
      const number = typeof value === "string" ? schema!.enum!.indexOf(value) : Number(value ?? -1);
      view.setFloat64(at.PARAMETERS + 8 * i, perClass ? this.#place(Float64Array.from(list)) : number, true);
    });
    return this.memory.place(new Uint8Array(view.buffer), this.#gap());
  }

  #numbers(count: number, draw: () => number): Float64Array {
    return Float64Array.from(this.random.list(count, draw));
  }

  #drawClasses(): number {
    const { random } = this;
    return random.once(6) ? random.pick([1, 2, 31, 32, 33, 64, 65, 127, 300]) : 1 + random.below(12);
  }

  /** Each option at its default, drawn, or, where nothing bounds it above, of any size; absent where it has no default. */
  #drawOptions(classes: number): Record<string, unknown> {
    const { random, loss } = this;
    const drawn = loss.parameters.map((name) => {
      const schema = loss.options.properties[name] as { default?: unknown; type?: string };
      if (random.once(2)) return [name, schema.default] as const;
      const unbounded = schema.type === "number" && !("maximum" in schema || "exclusiveMaximum" in schema);
      const huge = unbounded && random.once(8);
      return [name, huge ? random.pick([1e-300, 1e5, 1e300]) : drawOption(random, name, schema, classes)] as const;
    });
    return Object.fromEntries(drawn);
  }

  #drawExisting(examples: number, classes: number): Uint8Array {
    const shared = this.random.below(classes);
    const rows = Math.max(examples, 1);
    return Uint8Array.from(
      this.random.list(rows * classes, (i) => (i % classes === shared || !this.random.once(3) ? 1 : 0)),
    );
  }

  /** Row-major. An example that is left out holds anything. */
  #drawInput(examples: number, classes: number, keep?: Uint8Array, exists?: Uint8Array): Float64Array {
    const { random, loss } = this;
    if (this.probabilities) {
      const row = () => (loss.kind === "rowwise" ? drawDistribution(random, classes) : [drawUnit(random)]);
      return Float64Array.from(random.list(examples, row).flat());
    }
    const profile = random.pick(profiles);
    const infinite = loss.infiniteLogits && random.once(5);
    const sure = random.below(classes);
    return Float64Array.from(
      random.list(examples * classes, (i) => {
        if (keep?.[Math.floor(i / classes)] === 0) return random.pick([Number.NaN, Number.POSITIVE_INFINITY, 7]);
        const needed = loss.kind === "rowwise" && (exists !== undefined || i % classes === sure);
        if (!infinite || needed || !random.once(3)) return drawLogit(random, profile);
        return loss.kind === "rowwise" || random.once(2) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      }),
    );
  }

  #drawTarget(
    form: Form,
    examples: number,
    classes: number,
    keep: Uint8Array | undefined,
    exists: Uint8Array | undefined,
    options: Record<string, unknown>,
  ): Float64Array {
    const { random, loss } = this;
    const domain = typeof loss.labels === "function" ? loss.labels(options) : loss.labels;
    if (form === "element") return this.#numbers(examples, () => drawLabel(random, domain as ElementDomain));
    if (form === "teacher") return this.#drawInput(examples, classes, keep, exists);
    if (form === "index") return this.#numbers(examples, () => random.below(classes));
    const row = form === "one_hot" ? drawOneHot : drawDistribution;
    return Float64Array.from(random.list(examples, () => row(random, classes)).flat());
  }
}
