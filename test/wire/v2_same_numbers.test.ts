// One batch through v1 JSON, v2 JSON and v2 binary: the same bits. The batches are the digests', drawn from what each loss
// declares: options, weights, masks, ignored rows, infinite logits, empty batches.
import { describe, expect, test } from "vitest";
import type { Loss } from "#lossd/losses/loss.js";
import { modelOutputs } from "#lossd/losses/models.js";
import { losses } from "#lossd/losses/registry.js";
import { tensorFields } from "#lossd/losses/schemas.js";
import { answer } from "#lossd/wire/answer.js";
import type { Datatype } from "#lossd/wire/datatypes.js";
import { drawBody } from "../determinism/requests.ts";
import { type Input, type Message, message, type Output, type Reply, readReply } from "../harness/v2.js";

const bodies = 60;

type Request = Record<string, unknown>;
type Nested = number | boolean | string | readonly Nested[];

function shapeOf(value: Nested): number[] {
  return Array.isArray(value) ? [value.length, ...(value.length > 0 ? shapeOf(value[0] as Nested) : [])] : [];
}

function leaves(value: Nested): (number | boolean | string)[] {
  return Array.isArray(value) ? value.flatMap((item: Nested) => leaves(item)) : [value as number | boolean | string];
}

const numberOf = (value: number | boolean | string) => (typeof value === "string" ? Number(value) : value);

/** The outputs that a request asks v1 for: one at least, as in v2 none means the default ones. */
function listed({ outputs = ["losses", "gradients"] }: Request): readonly string[] {
  return (outputs as string[]).length > 0 ? (outputs as string[]) : ["losses"];
}

/** The same by their names as tensors, without the loss, which not every reduction has. */
function outputsOf(loss: Loss, request: Request): string[] {
  const asked = new Set(listed(request));
  if (asked.has("decomposition")) for (const part of ["cross_entropy", "entropy", "kl_divergence"]) asked.add(part);
  return modelOutputs(loss)
    .map(({ name }) => name)
    .filter((name) => asked.has(name));
}

/** Every number of it as the nearest float32. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Math.fround(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rounded(item)]));
}

interface Form {
  /** Whether the request is for one loss: a preset may say that it is not. */
  readonly reduced: boolean;
  readonly float: Datatype;
  readonly binary: boolean;
}

function toV2(loss: Loss, request: Request, { float, binary, reduced }: Form): Message {
  const takes = Object.keys(tensorFields(loss));
  const entries = Object.entries(request);
  const inputs = entries
    .filter(([name]) => takes.includes(name))
    .map(([name, value]): Input => {
      const data = leaves(value as Nested).map(numberOf);
      const isMask = name === "mask" || name === "class_mask";
      return { name, datatype: isMask ? "BOOL" : float, shape: shapeOf(value as Nested), data, binary };
    });
  const {
    outputs: _outputs,
    nonfinite: _nonfinite,
    ...options
  } = Object.fromEntries(entries.filter(([name]) => !takes.includes(name)));
  const parameters = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]));
  const names = [...outputsOf(loss, request), ...(reduced ? ["loss"] : [])];
  const outputs = names.map((name) => ({ name, parameters: { binary_data: binary } }));
  return message({ inputs, parameters, outputs });
}

function ask(loss: Loss, { body, jsonLength }: Message): Reply {
  const result = answer({ loss: loss.name, format: "v2", body, ...(jsonLength && { jsonLength }), elementsMax: 1e6 });
  if (!result.ok) throw new Error(`${loss.name} refused: ${result.problem.detail}`);
  return readReply(result.reply, result.jsonLength);
}

/** What v1 answers, under the names of v2. */
function askV1(loss: Loss, request: Request): Map<string, unknown> {
  const all = { ...request, nonfinite: "string", outputs: listed(request) };
  const result = answer({ loss: loss.name, body: Buffer.from(JSON.stringify(all)), elementsMax: 1e6 });
  if (!result.ok) throw new Error(`${loss.name} refused: ${result.problem.detail}`);
  const { decomposition = {}, accuracy, ...rest } = JSON.parse(Buffer.from(result.reply).toString());
  return new Map(Object.entries({ ...rest, ...decomposition, ...(accuracy && { accuracy: accuracy.correct }) }));
}

const bits = (numbers: readonly number[], float = "FP64") =>
  Buffer.from((float === "FP32" ? Float32Array.from(numbers) : Float64Array.from(numbers)).buffer).toString("hex");

const bitsOf = ({ outputs }: Reply) =>
  outputs.map(({ name, datatype, shape, data }) => [name, shape, bits(data, datatype)]);

describe.each(losses.map((loss) => [loss.name, loss] as const))("%s", (_name, loss) => {
  const requests = Array.from({ length: bodies }, (_, number) => JSON.parse(drawBody(loss, number)) as Request);

  test("has the same bits in v1 JSON, v2 JSON and v2 binary, and the same counts", () => {
    let compared = 0;
    for (const request of requests) {
      const v1 = askV1(loss, request);
      const reduced = v1.has("loss");
      const text = ask(loss, toV2(loss, request, { float: "FP64", binary: false, reduced }));
      const raw = ask(loss, toV2(loss, request, { float: "FP64", binary: true, reduced }));
      expect(bitsOf(raw), JSON.stringify(request)).toEqual(bitsOf(text));
      expect(raw.parameters).toEqual(text.parameters);
      for (const { name, data } of text.outputs as readonly Output[]) {
        if (!v1.has(name)) continue;
        const expected = leaves(v1.get(name) as Nested).map(Number);
        expect(bits(data), `${name} of ${JSON.stringify(request)}`).toBe(bits(expected));
        compared++;
      }
      for (const [name, value] of Object.entries(text.parameters)) {
        // Counted are the infinities of what is returned, and v1 was asked for the same.
        expect([name, value]).toEqual([name, v1.get(name)]);
      }
    }
    expect(compared).toBeGreaterThan(bodies);
  });

  test("has the same bits in v2 JSON and v2 binary of FP32", () => {
    let answered = 0;
    for (const request of requests) {
      const singles = rounded(request) as Request;
      const reduced = askV1(loss, request).has("loss");
      const [text, raw] = [false, true].map((binary) => {
        try {
          return ask(loss, toV2(loss, singles, { float: "FP32", binary, reduced }));
        } catch (error) {
          return (error as Error).message;
        }
      });
      if (typeof text === "string" || typeof raw === "string") expect(raw).toEqual(text);
      else {
        expect(bitsOf(raw!), JSON.stringify(singles)).toEqual(bitsOf(text!));
        expect(raw!.parameters).toEqual(text!.parameters);
        expect(raw!.outputs.every(({ datatype }) => datatype === "FP32")).toBe(true);
        answered++;
      }
    }
    // Rounded, some are refused: a logit that is infinite now, a distribution that sums to less.
    expect(answered).toBeGreaterThan(bodies / 2);
  });
});
