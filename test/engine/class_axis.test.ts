// Classes on any axis: the bits of moving them to the last by oneself, computing, and moving back.
import { describe, expect, test } from "vitest";
import { findLoss, losses } from "#lossd/losses/registry.js";
import { Random } from "../determinism/random.ts";
import { ask, askText, flat, type Numbers, type Request } from "../harness/ask.js";

const rowwise = losses.filter(({ kind }) => kind === "rowwise");

/** A nested list of that shape, of numbers by their indices. */
function build<Value>(shape: readonly number[], value: (place: readonly number[]) => Value): unknown {
  const at = (place: readonly number[]): unknown =>
    place.length === shape.length
      ? value(place)
      : Array.from({ length: shape[place.length]! }, (_, i) => at([...place, i]));
  return at([]);
}

const read = (nested: unknown, place: readonly number[]): unknown =>
  place.reduce((value, i) => (value as unknown[])[i], nested);

function shapeOf(nested: unknown): number[] {
  return Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : [];
}

/** The same numbers with the last axis at another place. */
function moved(nested: unknown, axis: number): unknown {
  const shape = shapeOf(nested);
  const target = shape.slice(0, -1).toSpliced(axis, 0, shape.at(-1)!);
  return build(target, (place) => read(nested, [...place.toSpliced(axis, 1), place[axis]!]));
}

/** A request with its classes last, and what of it has a class axis. */
function draw(name: string, shape: readonly number[], random: Random): { last: Request; withClasses: string[] } {
  const loss = findLoss(name)!;
  const rows = shape.slice(0, -1);
  const classes = shape.at(-1)!;
  const distribution = build(rows, () => {
    const shares = Array.from({ length: classes }, () => random.unit());
    const sum = shares.reduce((total, share) => total + share, 0);
    return shares.map((share) => share / sum);
  });
  const soft = loss.labels === "distribution" || (loss.labels === "class_or_distribution" && random.unit() < 0.5);
  const last: Request = {
    logits: build(shape, () => 6 * random.unit() - 3),
    labels: soft ? distribution : build(rows, () => random.below(classes)),
    class_mask: build(shape, ([...place]) => place.at(-1) !== classes - 1 || classes < 4 || soft),
    mask: build(rows, () => random.unit() < 0.8),
    sample_weights: build(rows, () => random.unit()),
    mean_over: "count",
    outputs: ["losses", "gradients", ...(loss.activation === "softmax" ? ["probabilities"] : [])],
  };
  if (!soft) last["labels"] = build(rows, () => random.below(Math.max(1, classes - 1)));
  if (loss.options.properties["class_weights"]) last["class_weights"] = build([classes], () => random.unit());
  return { last, withClasses: soft ? ["logits", "labels", "class_mask"] : ["logits", "class_mask"] };
}

const shapes = [[4], [3, 4], [2, 3, 5], [2, 1, 3, 4], [3, 3, 3]];

describe.each(rowwise.map(({ name }) => name))("%s", (name) => {
  test.each(shapes.flatMap((shape) => shape.map((_, axis) => [shape, axis] as const)))(
    "of shape %j with its classes moved to axis %i answers as with the classes last",
    (shape, axis) => {
      const { last, withClasses } = draw(name, shape, new Random(`${name} ${shape} ${axis}`));
      const request = Object.fromEntries(
        Object.entries(last).map(([field, value]) => [field, withClasses.includes(field) ? moved(value, axis) : value]),
      );
      const want = ask(name, last);
      for (const class_axis of [axis, axis - shape.length]) {
        const got = ask(name, { ...request, class_axis });
        expect(got).toEqual({
          ...want,
          gradients: moved(want.gradients, axis),
          ...("probabilities" in want && { probabilities: moved(want.probabilities, axis) }),
        });
      }
    },
  );
});

const images = {
  logits: [
    [
      [
        [2, 0.5],
        [-1, 3],
      ],
      [
        [0.25, 1],
        [0, 0.5],
      ],
    ],
  ],
  labels: [
    [
      [0, 1],
      [255, 0],
    ],
  ],
};

test("images [N, C, H, W] with labels [N, H, W] and ignore_index 255 are read as PyTorch reads them", () => {
  const reply = ask("cross_entropy", { ...images, ignore_index: 255, preset: "pytorch" });
  const pixels = [
    [2, 0.25, 0],
    [0.5, 1, 1],
    [3, 0.5, 0],
  ] as const;
  const want = pixels.map(([a, b, y]) => Math.log(Math.exp(a) + Math.exp(b)) - (y === 0 ? a : b));
  expect(reply.loss).toBeCloseTo((want[0]! + want[1]! + want[2]!) / 3, 14);
  expect(reply.valid_count).toBe(3);
  expect(shapeOf(reply.gradients)).toEqual([1, 2, 2, 2]);
  expect(ask("cross_entropy", { ...images, ignore_index: 255, class_axis: 1 })).toEqual(reply);
});

test("a preset's axis gives way to the caller's", () => {
  const sequences = { logits: build([1, 3, 3], ([, t, c]) => (t! + 1) * c! * c!), labels: [[0, 2, 1]] };
  const explicit = ask("cross_entropy", { ...sequences, preset: "pytorch", class_axis: -1 });
  expect(explicit).toEqual(ask("cross_entropy", sequences));
  expect(ask("cross_entropy", { ...sequences, preset: "pytorch" }).loss).not.toBe(explicit.loss);
});

const refused: [string, Request, string][] = [
  [
    "an axis that logits lack",
    { logits: [[1, 2]], labels: [0], class_axis: 2 },
    "/class_axis: is 2, but logits have the axes 0…1, or −2…−1",
  ],
  ["an axis before the first", { logits: [[1, 2]], labels: [0], class_axis: -3 }, "/class_axis: is -3"],
  [
    "labels that fit another axis",
    { logits: build([1, 3, 2], () => 0), labels: [[0, 2]] },
    'they fit with "class_axis": 1',
  ],
  [
    "a class index, by the length of that axis",
    { logits: build([2, 3], () => 0), labels: [0, 1, 2], class_axis: 0 },
    "/labels/2: class index 2 is outside 0…1",
  ],
  [
    "NaN, where the caller has it",
    { logits: build([1, 3, 2], ([, c, t]) => (c === 2 && t === 1 ? "NaN" : 0)), labels: [[0, 0]], class_axis: 1 },
    "/logits/0/2/1: is NaN",
  ],
  [
    "a row without a class, by its first",
    { logits: build([1, 3, 2], ([, , t]) => (t === 1 ? "-Infinity" : 0)), labels: [[0, 0]], class_axis: 1 },
    "/logits/0/0/1: begins, along axis 1, what is a row without any class",
  ],
  [
    "distributions that do not sum to 1, by the first share",
    {
      logits: build([2, 3], () => 0),
      labels: build([2, 3], ([c, n]) => (c === 0 ? 1 : n === 1 ? 0.5 : 0)),
      class_axis: 0,
    },
    "/labels/0/1: begins, along axis 0, what sums to 1.5",
  ],
];

test.each(refused)("%s is refused", (_, request, detail) => {
  expect(() => askText("cross_entropy", request)).toThrow(detail);
});

test("multi_margin has no preset of PyTorch's for more axes than two", () => {
  const request = { logits: build([2, 3, 3], () => 0), labels: build([2, 3], () => 0), preset: "pytorch" };
  expect(() => ask("multi_margin", request)).toThrow(
    '/preset: is "pytorch", whose multi_margin_loss takes at most 2 axes',
  );
  expect(ask("multi_margin", { ...request, preset: undefined }).valid_count).toBe(6);
});

test("elementwise losses have no class axis", () => {
  expect(() => ask("mse", { logits: [1], labels: [1], class_axis: 0 })).toThrow("/class_axis: is no field");
});

test("KL divergence's mean of PyTorch's preset divides by the length of the first axis", () => {
  const request = { logits: build([2, 3, 4], ([n, t, c]) => n! * c! - t!), labels: build([2, 3, 4], () => 0.25) };
  const mean = ask("kl_divergence", { ...request, preset: "pytorch" });
  expect(mean.denominator).toBe(2);
  expect(mean.loss).toBe(mean.loss_sum / 2);
  expect(flat(mean.gradients as Numbers)).toEqual(flat(ask("kl_divergence", { ...request, mean_over: 2 }).gradients));
});
