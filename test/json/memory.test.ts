// What a job takes in the engine: its text, its numbers, their answers and the reply's text, and little else. Alone in this
// file: the engine of a thread keeps the memory of the largest job.

import { expect, test } from "vitest";
import { engine } from "#lossd/engine/instance.js";
import { lengthOf } from "#lossd/json/pieces.js";
import { answer } from "#lossd/service/formats.js";
import { Random } from "../determinism/random.js";

const random = new Random("memory");
const [rows, columns] = [2000, 200];
const numbers = rows * columns;
const logits = random.list(rows, () => random.list(columns, () => random.between(-3, 3)));
const labels = random.list(rows, () => random.below(columns));
const slack = 1 << 20;

test.each([
  [
    "b64",
    {
      logits: {
        datatype: "FP32",
        shape: [rows, columns],
        b64: Buffer.from(Float32Array.from(logits.flat()).buffer).toString("base64"),
      },
      labels,
      encoding: "b64",
    },
    9,
  ],
  ["nested", { logits, labels }, 17],
  ["flat", { logits: { shape: [rows, columns], data: logits.flat() }, labels, encoding: "flat" }, 17],
] as const)("a job whose tensors are %s takes its texts and its numbers, once each", (_form, request, bytesANumber) => {
  const body = new TextEncoder().encode(JSON.stringify(request));
  const result = answer({ format: "json", loss: "cross_entropy", body, elementsMax: 1e6 });
  if (!result.ok) throw new Error(result.problem.detail);
  // The kernels' scratch, a row of it, and the labels are within the slack.
  const bound = body.length + lengthOf(result.reply) + bytesANumber * numbers + slack;
  expect(engine().memoryBytes).toBeLessThan(bound);
  // Memory that grew under the reply has not cost it a number.
  const { gradients } = JSON.parse(Buffer.concat(result.reply).toString());
  const bytes = Buffer.from(gradients.b64 ?? "", "base64").length;
  const count = Array.isArray(gradients) ? gradients.flat().length : (gradients.data?.length ?? bytes / 4);
  expect(count).toBe(numbers);
  const before = engine().memoryBytes;
  for (let i = 0; i < 3; i++) answer({ format: "json", loss: "cross_entropy", body, elementsMax: 1e6 });
  expect(engine().memoryBytes).toBe(before);
});
