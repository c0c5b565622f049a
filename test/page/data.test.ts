// What the page takes in: prints of other programs, tables, NumPy's files. What it shows is test/clients/page.sh.
import { describe, expect, test } from "vitest";
import { asCurl, asPython, asTypeScript } from "../../src/page/data/code.ts";
import { readNpy, readText } from "../../src/page/data/files.ts";
import { readPrinted, Unreadable } from "../../src/page/data/printed.ts";
import { shown } from "../../src/page/numbers.ts";

describe("printed tensors", () => {
  test.each([
    [
      "JSON",
      "[[1, 2.5], [-3e-2, 4]]",
      [
        [1, 2.5],
        [-0.03, 4],
      ],
    ],
    [
      "PyTorch",
      "tensor([[ 0.6590, -0.7576],\n        [ 1.,  2.]], dtype=torch.float64, grad_fn=<AddBackward0>)",
      [
        [0.659, -0.7576],
        [1, 2],
      ],
    ],
    ["PyTorch, one number", "tensor(1.4170, grad_fn=<NllLossBackward0>)", 1.417],
    [
      "NumPy",
      "[[1. 2.]\n [3. 4.]]",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ["NumPy's repr", "array([1., inf, nan], dtype=float32)", [1, "Infinity", "NaN"]],
    ["a spreadsheet's row", "1\t2\t3", [1, 2, 3]],
    ["one number with a true minus", "−0.5", -0.5],
  ])("are read as %s prints them", (_name, text, value) => {
    expect(readPrinted(text)).toEqual(value);
  });

  test.each([
    ["numbers that are left out", "tensor([1., ..., 2.])", "left out"],
    ["a bracket that stays open", "[[1, 2]", "never closed"],
    ["a bracket too many", "[1, 2]]", "too many"],
    ["a word", "[1, two]", '"two" is no number'],
    ["nothing", " ", "no numbers"],
  ])("are refused with a word where there is %s", (_name, text, words) => {
    expect(() => readPrinted(text)).toThrow(words);
    expect(() => readPrinted(text)).toThrow(Unreadable);
  });
});

describe("batches", () => {
  test.each([
    [
      "rows of logits",
      "logit_0,logit_1,label\n2,1,0\n0.5,-1,1\n",
      {
        logits: [
          [2, 1],
          [0.5, -1],
        ],
        labels: [0, 1],
      },
    ],
    ["single logits", "label;logit\r\n1;-2\r\n", { logits: [-2], labels: [1] }],
    ["JSON", '{"logits":[1],"labels":[0]}', { logits: [1], labels: [0] }],
  ])("are read from %s", (_name, text, batch) => {
    expect(readText(text)).toEqual(batch);
  });

  test.each([
    ["the line of a cell without a number", "logit,label\n1,1\n,0\n", "Line 3: the column logit"],
    ["the names that a table needs", "a,b\n1,2\n", "logit_0"],
    ["what is wrong with JSON", "{", "no JSON"],
  ])("that cannot be read are told %s", (_name, text, words) => {
    expect(() => readText(text)).toThrow(words);
  });
});

/** An array file of version 1, as numpy.save writes it. */
function npy(header: string, bytes: Uint8Array): Uint8Array {
  const words = new TextEncoder().encode(header);
  return Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, words.length, 0, ...words, ...bytes);
}

describe("NumPy's files", () => {
  const bytes = new Uint8Array(new Float64Array([1, 2]).buffer);

  test("go on as their own bytes", () => {
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }\n";
    const b64 = Buffer.from(bytes).toString("base64");
    expect(readNpy(npy(header, bytes))).toEqual({ datatype: "FP64", shape: [1, 2], b64 });
  });

  test.each([
    ["by columns", "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2), }", "ascontiguousarray"],
    ["of a type that the service has not", "{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", "<c16"],
  ])("%s are refused with what to do", (_name, header, words) => {
    expect(() => readNpy(npy(header, bytes))).toThrow(words);
  });
});

test.each([
  [2.1269280110429727, "2.12693"],
  [-0.8807970779778823, "−0.880797"],
  [0.0000070638, "7.064 · 10⁻⁶"],
  ["Infinity", "∞"],
  [0, "0"],
] as const)("the number %s reads %s", (value, text) => {
  expect(shown(value)).toBe(text);
});

test("a program in Python has Python's words", () => {
  const program = asPython({
    url: "http://host/v1/losses/mse",
    body: { mask: [true, false], preset: null },
    keyed: false,
  });
  expect(program).toContain('batch = {"mask": [True, False], "preset": None}');
});

test.each([
  ["curl", asCurl, "$LOSSD_API_KEY"],
  ["Python", asPython, 'os.environ["LOSSD_API_KEY"]'],
  ["TypeScript", asTypeScript, "env.LOSSD_API_KEY"],
])("a program for %s takes the API key from outside where there is one", (_name, write, words) => {
  const call = { url: "http://host/v1/losses/mse", body: {} };
  expect(write({ ...call, keyed: true })).toContain(words);
  expect(write({ ...call, keyed: false })).not.toContain("LOSSD_API_KEY");
});
