// The engine as a library: the numbers of the wire, in arrays.
import { describe, expect, test } from "vitest";
import { compute, type Float64Tensor, losses, Problem } from "#lossd/index.js";
import { answer } from "#lossd/service/formats.js";
import { ask, body, flat, type Numbers, type Reply, type Request } from "../harness/ask.js";

type Anything = { shape: number[]; data: Float64Array | Float32Array };

/** A result as the wire nests it. */
function nested(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("shape" in value && "data" in value) {
    const { shape, data } = value as Anything;
    const nest = (depth: number, from: number, to: number): Numbers => {
      const length = shape[depth];
      if (length === undefined) return data[from]!;
      const step = (to - from) / length;
      return Array.from({ length }, (_, i) => nest(depth + 1, from + i * step, from + (i + 1) * step));
    };
    return nest(0, 0, data.length);
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, nested(part)]));
}

const examples = losses.flatMap(({ name, outputs, examples }) =>
  examples.map(({ summary, request }) => [name, summary, { ...request, outputs }] as const),
);

test.each(examples)("%s, %s, is what the wire says", (name, _summary, request) => {
  expect(nested(compute(name, request as never))).toEqual(ask(name, request));
});

test("an alias, an infinity and a reduction are as on the wire", () => {
  const request = { logits: [[0, Number.NEGATIVE_INFINITY]], labels: [1], reduction: "sum" } as const;
  const result = compute("cce" as string, request);
  expect(result.losses!.data).toEqual(Float64Array.of(Number.POSITIVE_INFINITY));
  expect(nested(result)).toEqual(ask("cross_entropy", request));
});

test("a teacher's logits are a tensor like any other, and weights for classes a list or a number", () => {
  const logits = Float64Array.of(2, 1, 0);
  const distilled = compute("kl_divergence", { logits, label_logits: Float32Array.of(3, 0.5, -1), temperature: 2 });
  const wire = { logits: [2, 1, 0], label_logits: [3, 0.5, -1], temperature: 2 };
  expect(nested(distilled)).toEqual(ask("kl_divergence", wire));
  const one = compute("softmax_focal", { logits, labels: 1, alpha: 0.25 });
  expect(compute("softmax_focal", { logits, labels: 1, alpha: [1, 0.25, 1] })).toEqual(one);
});

describe("a tensor is the same tensor as", () => {
  const numbers = [2, 1, 0, 0, 3, 1];
  const shape = [2, 3];
  const shared = new Float64Array(new SharedArrayBuffer(48));
  shared.set(numbers);
  const expected = compute("cross_entropy", { logits: { shape, data: numbers }, labels: [1, 2] });
  test.each<[string, Float64Tensor]>([
    [
      "nested numbers",
      [
        [2, 1, 0],
        [0, 3, 1],
      ],
    ],
    ["typed rows", [Float64Array.of(2, 1, 0), Int8Array.of(0, 3, 1)]],
    ["rows of both kinds", [[2, 1, 0], Uint8Array.of(0, 3, 1)]],
    ...[Float64Array, Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array].map(
      (kind): [string, Float64Tensor] => [`a flat ${kind.name}`, { shape, data: kind.from(numbers) }],
    ),
    ...[BigInt64Array, BigUint64Array].map((kind): [string, Float64Tensor] => [
      `a flat ${kind.name}`,
      { shape, data: kind.from(numbers.map(BigInt)) },
    ]),
    ["shared memory", { shape, data: shared }],
  ])("%s", (_what, logits) => {
    expect(compute("cross_entropy", { logits, labels: Int32Array.of(1, 2) })).toEqual(expected);
  });

  test("one typed array for a vector, and a number for a single example", () => {
    expect(compute("mse", { logits: Float64Array.of(3, 1), labels: [1, 1] }).losses).toEqual({
      shape: [2],
      data: Float64Array.of(4, 0),
    });
    expect(compute("mse", { logits: 3, labels: { shape: [], data: [1] } }).losses).toEqual({
      shape: [],
      data: Float64Array.of(4),
    });
  });

  test("booleans, for a mask of bytes", () => {
    const request = { logits: [3, 1, 7], labels: [1, 1, 1] };
    const words = compute("mse", { ...request, mask: [true, false, true] });
    expect(words).toMatchObject({ loss: 20, valid_count: 2, ignored_count: 1 });
    expect(compute("mse", { ...request, mask: Uint8Array.of(1, 0, 1) })).toEqual(words);
    expect(compute("mse", { ...request, mask: { shape: [3], data: [true, false, true] } })).toEqual(words);
  });
});

describe("float32", () => {
  const data = Float32Array.of(0.1, -20.7, 3, -0, 88);
  const labels = [0, 1, 0.5, 0.25, 1];

  test("goes back as float32, each number rounded once", () => {
    const wide = ask("bce", { logits: [...data], labels, outputs: ["losses", "gradients", "probabilities"] });
    const result = compute("binary_cross_entropy", {
      logits: data,
      labels,
      outputs: ["losses", "gradients", "probabilities"],
    });
    expect(result.loss).toBe(Math.fround(wide.loss!));
    for (const name of ["losses", "gradients", "probabilities"] as const) {
      expect(result[name]!.data).toEqual(Float32Array.from(flat(wide[name])));
    }
  });

  test("counts an infinity that the rounding makes", () => {
    const result = compute("mse", { logits: Float32Array.of(2e38), labels: [0] });
    expect(result.losses!.data).toEqual(Float32Array.of(Number.POSITIVE_INFINITY));
    expect(result.gradients!.data).toEqual(Float32Array.of(Number.POSITIVE_INFINITY));
    expect([result.nonfinite_count, result.loss]).toEqual([3, Number.POSITIVE_INFINITY]);
  });
});

test("0 has no sign, whichever way it came", () => {
  const double = compute("hinge", { logits: [-5, 5], labels: [-1, 1] });
  const single = compute("binary_cross_entropy", { logits: Float32Array.of(200), labels: [1] });
  for (const zero of [...double.gradients!.data, ...single.gradients!.data]) expect(Object.is(zero, -0)).toBe(false);
});

test("results keep their numbers, and requests theirs, when the engine goes on", () => {
  const logits = Float64Array.of(3, 1);
  const first = compute("mse", { logits, labels: [1, 1] });
  compute("mse", { logits: new Float64Array(100_000).fill(7), labels: new Float64Array(100_000) });
  expect(first.gradients!.data).toEqual(Float64Array.of(2, 0));
  expect(logits).toEqual(Float64Array.of(3, 1));
});

test("an option that is undefined is not given", () => {
  const request = { logits: [1], labels: [1] };
  expect(compute("focal", { ...request, gamma: undefined } as never)).toEqual(compute("focal", request));
});

function problemOf(name: string, request: unknown): Problem {
  try {
    compute(name as string, request as Request & { logits: number; labels: number });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("what the wire refuses is refused with the same fault:", () => {
  test.each([
    ["mse", { logits: [1], labels: [1], reductoin: "sum" }],
    ["mse", { logits: [1], labels: [1], reduction: "average" }],
    ["mse", { logits: [1], labels: [1], outputs: ["accuracy"] }],
    ["mse", { logits: [1, 2], labels: [1] }],
    ["mse", { logits: [1] }],
    ["mse", { labels: [1] }],
    ["mse", { logits: [1], labels: [1], class_mask: [true] }],
    ["mse", { logits: [1], labels: [1], sample_weights: [2] }],
    ["mse", { logits: [1], labels: [1], mask: [false], on_empty: "error" }],
    ["focal", { logits: [1], labels: [1], gamma: -1 }],
    ["focal", { logits: [1], labels: [0.5] }],
    ["cross_entropy", { logits: [[1, 2], [1]], labels: [0, 1] }],
    ["cross_entropy", { logits: [[2, 1, 0.1]], labels: [3] }],
    ["cross_entropy", { logits: [[1, 2]], labels: [[0.5, 0.4]] }],
    ["mse", { logits: ["2"], labels: [1] }],
    ["mse", { logits: [null], labels: [1] }],
    ["mse", { logits: [1], labels: [1], mask: [1] }],
  ])("%s %j", (name, request) => {
    const wire = answer({ format: "json", loss: name, body: body(request), elementsMax: 100 });
    if (wire.ok) throw new Error("the wire takes it");
    // The wire alone has bytes, and fields for how numbers are written.
    const errors = wire.problem.errors.map(({ pointer, detail }) => ({
      pointer,
      detail: detail.replace(/, nonfinite, encoding|, at byte \d+.*$/, ""),
    }));
    expect(problemOf(name, request)).toMatchObject({ code: wire.problem.code, status: 422, errors });
  });
});

describe("a tensor that is none is named:", () => {
  const labels = [1];
  test.each([
    [{ shape: [2], data: [1] }, "/logits/shape", "is [2], which is 2 in all, but data has 1"],
    [{ shape: [-1], data: [1] }, "/logits/shape", "whole numbers"],
    [{ shape: "1", data: [1] }, "/logits/shape", "whole numbers"],
    [{ shape: [1], data: [[1]] }, "/logits/data", "one flat array"],
    [{ shape: [1], data: 1 }, "/logits/data", "one flat array"],
    [{ shape: [1], data: ["1"] }, "/logits/data/0", 'the string "1"'],
    [[[1], 2], "/logits/1", "not nested as deep"],
    [[1, [2]], "/logits/1", "is an array"],
    [[[1, 2], Float64Array.of(1)], "/logits/1", "has length 1, but the rows before have length 2"],
    [[1, Number.NaN], "/logits/1", "is NaN"],
    [[1n], "/logits/0", "is 1, but must be a number"],
    [new DataView(new ArrayBuffer(8)), "/logits", "an object"],
    [new Date(0), "/logits", "an object"],
    [null, "/logits", "is null"],
    [() => 1, "/logits", "a function"],
  ])("%o", (logits, pointer, words) => {
    const { errors } = problemOf("mse", {
      logits,
      labels: Array.isArray(logits) && logits.length === 2 ? [1, 1] : labels,
    });
    expect(errors[0]!.pointer).toBe(pointer);
    expect(errors[0]!.detail).toContain(words);
  });

  test("a mask of other bytes than 0 and 1", () => {
    const { errors } = problemOf("mse", { logits: [1], labels, mask: Uint8Array.of(2) });
    expect(errors).toEqual([{ pointer: "/mask", detail: "must hold booleans, or 0 and 1 in a Uint8Array" }]);
  });

  test("an unknown loss", () => {
    expect(problemOf("l2", { logits: [1], labels })).toMatchObject({ code: "unknown_loss", status: 404 });
  });
});

test("a request of 100,000 numbers sums as on the wire", () => {
  const count = 100_000;
  const logits = Float64Array.from({ length: count }, (_, i) => (i % 2001) / 100 - 10);
  const result = compute("mse", { logits, labels: new Float64Array(count), outputs: [] });
  const wire: Reply = ask("mse", { logits: [...logits], labels: Array(count).fill(0), outputs: [] });
  expect(nested(result)).toEqual(wire);
});
