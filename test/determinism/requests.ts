// Request bodies of a loss, drawn from what the loss itself declares. A body depends on the loss and its number alone.

import type { LabelDomain, Loss, RowDomain } from "#lossd/losses/loss.js";
import { optionFields, tensorFields } from "#lossd/losses/schemas/fields.js";
import { outputsOf } from "#lossd/losses/schemas/reply_fields.js";
import { withoutIdle } from "./idle_options.ts";
import {
  drawDistribution,
  drawLabel,
  drawLogit,
  drawOneHot,
  drawOption,
  drawUnit,
  drawWeight,
  type Profile,
  profiles,
} from "./numbers.ts";
import { Random } from "./random.ts";

export type Body = Record<string, unknown>;

/** One body in the making: its shape, and which examples it leaves out. */
interface Draft {
  readonly random: Random;
  readonly loss: Loss;
  readonly profile: Profile;
  readonly shape: readonly number[];
  readonly examples: number;
  /** 1 for elementwise losses. */
  readonly classes: number;
  readonly options: Body;
  /** False for an example that is left out by the mask; undefined: there is no mask. */
  readonly mask: readonly boolean[] | undefined;
  /** Row-major [examples, classes]; undefined: there is no class mask. */
  readonly exists: readonly boolean[] | undefined;
}

/** The inputs that are drawn here: a new one is an error until it is drawn too. */
const drawn = new Set<string>([
  "logits",
  "probabilities",
  "labels",
  "label_logits",
  "sample_weights",
  "class_weights",
  "mask",
  "class_mask",
]);

/** The body with that number as JSON text. */
export function drawBody(loss: Loss, number: number): string {
  const draft = startDraft(loss, new Random(`${loss.name} ${number}`));
  const { random, options } = draft;
  const unknown = Object.keys(tensorFields(loss)).filter((name) => !drawn.has(name));
  if (unknown.length > 0) throw new Error(`cannot draw the input ${unknown.join(", ")} of ${loss.name}`);
  const probabilities = loss.supports.probabilities && random.once(4);
  const body: Body = { ...options, ...drawInput(draft, probabilities), ...drawTarget(draft), ...drawWeights(draft) };
  if (probabilities) {
    delete body["temperature"];
    delete body["class_mask"];
  }
  return write(withoutIdle({ ...body, ...drawReply(draft, body) }));
}

function startDraft(loss: Loss, random: Random): Draft {
  const rowwise = loss.kind === "rowwise";
  const classes = rowwise ? drawClasses(random) : 1;
  const shape = random.pick([[], [1], [3], [2 + random.below(7)], [2, 3], [2, 1, 2], [random.below(24)]]);
  const examples = shape.reduce((product, dimension) => product * dimension, 1);
  const options: Body = {};
  for (const [name, schema] of Object.entries(loss.options.properties)) {
    if (name !== "class_weights" && random.once(2)) options[name] = drawOption(random, name, schema, classes);
  }
  const mask = random.once(4) ? random.list(examples, () => !random.once(4)) : undefined;
  const exists = rowwise && random.once(5) ? drawExisting(random, examples, classes) : undefined;
  return { random, loss, profile: random.pick(profiles), shape, examples, classes, options, mask, exists };
}

/** Narrow rows most often; rows around the blocks of a kernel's sums too. */
function drawClasses(random: Random): number {
  if (random.once(8)) return random.pick([31, 32, 33, 63, 64, 65, 100, 257]);
  return random.once(3) ? 1 + random.below(40) : 2 + random.below(8);
}

/** Each row keeps one class at least. */
function drawExisting(random: Random, examples: number, classes: number): boolean[] {
  const one = random.once(2);
  const row = () => {
    const keep = random.below(classes);
    return random.list(classes, (c) => c === keep || !random.once(3));
  };
  const shared = row();
  return Array.from({ length: examples }, () => (one ? shared : row())).flat();
}

function drawInput(draft: Draft, probabilities: boolean): Body {
  const { random, loss, classes, examples, exists } = draft;
  if (probabilities) {
    const values =
      loss.kind === "rowwise"
        ? rows(draft, () => drawDistribution(random, classes))
        : elements(draft, () => drawUnit(random));
    return { probabilities: nest(values, inputShape(draft)) };
  }
  const sure = random.below(Math.max(classes, 1));
  const infinite = loss.infiniteLogits && random.once(6);
  const one = (i: number): unknown => {
    if (draft.mask?.[Math.floor(i / classes)] === false && random.once(2)) return random.pick(["NaN", "Infinity", 7]);
    // A row needs a class that exists: one whose logit is finite and which its mask has.
    const needed = loss.kind === "rowwise" && (exists !== undefined || i % classes === sure);
    if (infinite && !needed && random.once(3))
      return loss.kind === "rowwise" ? "-Infinity" : random.pick(["Infinity", "-Infinity"]);
    return drawLogit(random, draft.profile);
  };
  const logits = nest(random.list(examples * classes, one), inputShape(draft));
  return { logits, ...drawClassMask(draft) };
}

function drawClassMask(draft: Draft): Body {
  const { exists, classes, random } = draft;
  if (!exists || exists.length === 0) return {};
  const first = exists.slice(0, classes);
  const shared = exists.every((value, i) => value === first[i % classes]) && random.once(2);
  return { class_mask: shared ? first : nest(exists, inputShape(draft)) };
}

const forms: Record<RowDomain, readonly ("index" | "one_hot" | "distribution")[]> = {
  class_or_distribution: ["index", "distribution"],
  class: ["index", "one_hot"],
  distribution: ["distribution"],
};

function isRowDomain(domain: LabelDomain): domain is RowDomain {
  return domain in forms;
}

function drawTarget(draft: Draft): Body {
  const { random, loss, classes, options } = draft;
  const domain = typeof loss.labels === "function" ? loss.labels(options) : loss.labels;
  if (!isRowDomain(domain)) {
    return {
      labels: nest(
        elements(draft, () => drawLabel(random, domain)),
        draft.shape,
      ),
    };
  }
  // A teacher's logits instead of labels.
  if ("label_logits" in tensorFields(loss) && random.once(2)) {
    return { label_logits: nest(drawTeachers(draft), inputShape(draft)) };
  }
  const form = random.pick(forms[domain]);
  if (form !== "index") {
    const row = form === "one_hot" ? drawOneHot : drawDistribution;
    return {
      labels: nest(
        rows(draft, () => row(random, classes)),
        inputShape(draft),
      ),
    };
  }
  const ignored = options["ignore_index"] ?? -100;
  const leavesOut = "ignore_index" in loss.options.properties && random.once(3);
  const label = () => (leavesOut && random.once(4) ? ignored : random.below(classes));
  return { labels: nest(elements(draft, label), draft.shape) };
}

/** A teacher's logits: in each row a class at least that exists, of the student's profile, so that both may be close. */
function drawTeachers({ random, loss, profile, classes, examples, exists }: Draft): unknown[] {
  const sure = random.below(Math.max(classes, 1));
  const infinite = loss.infiniteLogits && random.once(4);
  return random.list(examples * classes, (i) => {
    const needed = exists !== undefined || i % classes === sure;
    return infinite && !needed && random.once(3) ? "-Infinity" : drawLogit(random, profile);
  });
}

function drawWeights(draft: Draft): Body {
  const { random, loss, mask, shape } = draft;
  const weights: Body = {};
  if (mask) weights["mask"] = nest(mask, shape);
  if (random.once(3))
    weights["sample_weights"] = nest(
      elements(draft, () => drawWeight(random)),
      shape,
    );
  if ("class_weights" in loss.options.properties && draft.examples > 0 && random.once(3)) {
    const drawn = random.list(draft.classes, () => drawWeight(random));
    // Two tiny weights have no product: their sum would be refused.
    const raised = drawn.map((weight) => (weight > 0 ? Math.max(weight, 1e-3) : weight));
    weights["class_weights"] = "sample_weights" in weights ? raised : drawn;
  }
  return weights;
}

/** What the reply is to hold, and how the losses are reduced. */
function drawReply({ random, loss }: Draft, body: Body): Body {
  const reduction = random.pick(["mean", "mean", "sum", "none"]);
  const weighted = "sample_weights" in body || "class_weights" in body;
  const outputs = outputsOf(loss).filter(() => !random.once(4));
  const common = optionFields(loss);
  return {
    ...(random.once(6) ? {} : { reduction }),
    ...(weighted || random.once(4) ? { mean_over: random.pick(["count", "weights", 7, 0.125, 1e-3]) } : {}),
    ...(random.once(4) ? {} : { outputs }),
    ...(random.once(8) && "nonfinite" in common ? { nonfinite: "null" } : {}),
  };
}

function inputShape({ loss, shape, classes }: Draft): number[] {
  return loss.kind === "rowwise" ? [...shape, classes] : [...shape];
}

function rows<T>({ random, examples }: Draft, row: () => T[]): T[] {
  return random.list(examples, row).flat();
}

function elements<T>({ random, examples }: Draft, one: () => T): T[] {
  return random.list(examples, one);
}

/** Nested arrays of the shape; the first value alone for []. */
function nest(values: readonly unknown[], shape: readonly number[]): unknown {
  const [length, ...rest] = shape;
  if (length === undefined) return values[0];
  const step = rest.reduce((product, dimension) => product * dimension, 1);
  return Array.from({ length }, (_, i) => nest(values.slice(i * step, (i + 1) * step), rest));
}

/** JSON that keeps −0, which JSON.stringify does not. */
export function write(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`);
  return `{${members.join(",")}}`;
}
