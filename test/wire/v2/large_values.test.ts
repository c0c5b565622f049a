// Requests of the Open Inference Protocol that are large where no tensor is: they cost what they weigh, and the answer
// stays short.
import { expect, test } from "vitest";
import { answer } from "#lossd/service/formats.js";

const many = (count: number, one: (i: number) => string) => Array.from({ length: count }, (_, i) => one(i)).join(",");
const long = (letter: string) => letter.repeat(1e6);

test.each([
  { says: "a million inputs of nothing", text: `{"inputs":[${many(1e6, () => "{}")}]}`, code: "invalid_request" },
  {
    says: "two hundred thousand of the same input",
    text: `{"inputs":[${many(2e5, () => '{"name":"logits","datatype":"FP64","shape":[],"data":[1]}')}]}`,
    code: "invalid_request",
  },
  {
    says: "a million outputs of nothing",
    text: `{"inputs":[],"outputs":[${many(1e6, () => "{}")}]}`,
    code: "invalid_request",
  },
  {
    says: "an input of a million members",
    text: `{"inputs":[{${many(1e6, (i) => `"f${i}":0`)}}]}`,
    code: "invalid_request",
  },
  {
    says: "a million parameters",
    text: `{"inputs":[],"parameters":{${many(1e6, (i) => `"f${i}":0`)}}}`,
    code: "too_many_elements",
  },
  {
    says: "a shape of nine thousand axes",
    text: `{"inputs":[{"name":"logits","datatype":"FP64","shape":[${many(9000, () => "1")}],"data":[1]}]}`,
    code: "invalid_request",
  },
  { says: "a parameter's name of a megabyte", text: `{"parameters":{"${long("n")}":1}}`, code: "invalid_request" },
  {
    says: "an input's words of a megabyte",
    text: `{"inputs":[{"name":"${long("n")}","datatype":"${long("d")}","${long("m")}":1}]}`,
    code: "invalid_request",
  },
  {
    says: "an output's words of a megabyte",
    text: `{"outputs":[{"name":"${long("n")}","parameters":{"${long("p")}":1}}]}`,
    code: "invalid_request",
  },
])("$says is refused in a few words", ({ text, code }) => {
  const result = answer({ loss: "mse", format: "v2", body: new TextEncoder().encode(text), elementsMax: 1e8 });
  if (result.ok) throw new Error("it was accepted");
  expect(result.problem.code).toBe(code);
  expect(result.problem.errors.length).toBeLessThanOrEqual(10);
  expect(JSON.stringify(result.problem).length).toBeLessThan(6000);
});
