// Bodies that are large where no tensor is: they cost what they weigh, and the answer stays short.
import { expect, test } from "vitest";
import { answer } from "#lossd/service/formats.js";

const rest = '"logits":1,"labels":2';
const many = (count: number, one: (i: number) => string) => Array.from({ length: count }, (_, i) => one(i)).join(",");

test.each([
  { says: "a million unknown fields", text: `{${rest},${many(1e6, (i) => `"f${i}":0`)}}`, code: "invalid_request" },
  {
    says: "an unknown field of a million objects",
    text: `{${rest},"x":[${many(1e6, () => "{}")}]}`,
    code: "invalid_request",
  },
  {
    says: "an option of a million objects",
    text: `{${rest},"outputs":[${many(1e6, () => "{}")}]}`,
    code: "too_many_elements",
  },
  {
    says: "a tensor of a million objects",
    text: `{"labels":2,"logits":[${many(1e6, () => "{}")}]}`,
    code: "invalid_request",
  },
  {
    says: "a repeated key of a megabyte",
    text: `{"${"k".repeat(1e6)}":1,"${"k".repeat(1e6)}":2}`,
    code: "duplicate_key",
  },
  {
    says: "an option's word of a megabyte",
    text: `{${rest},"outputs":["${"w".repeat(1e6)}"]}`,
    code: "invalid_request",
  },
  { says: "an unknown field's name of a megabyte", text: `{${rest},"${"n".repeat(1e6)}":1}`, code: "invalid_request" },
  {
    says: "an output that is asked for twice",
    text: `{${rest},"outputs":["losses","losses"]}`,
    code: "invalid_request",
  },
])("$says is refused in a few words", ({ text, code }) => {
  const result = answer({ format: "json", loss: "mse", body: new TextEncoder().encode(text), elementsMax: 1e8 });
  if (result.ok) throw new Error("it was accepted");
  expect(result.problem.code).toBe(code);
  expect(result.problem.errors.length).toBeLessThanOrEqual(10);
  expect(JSON.stringify(result.problem).length).toBeLessThan(6000);
});
