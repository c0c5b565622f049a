// One batch through every form of v1, v2 JSON and v2 binary: the same bits. The batches are the digests', drawn from what each loss
// declares: options, weights, masks, ignored rows, infinite logits, empty batches.
import { describe, expect, test } from "vitest";
import type { Datatype } from "#lossd/json/datatypes.js";
import type { Loss } from "#lossd/losses/loss.js";
import { losses } from "#lossd/losses/registry.js";
import { tensorFields } from "#lossd/losses/schemas/fields.js";
import { modelOutputs } from "#lossd/losses/schemas/models.js";
import { answer } from "#lossd/service/formats.js";
import { drawBody } from "../../determinism/requests.ts";
import { bytesOf, type Input, type Message, message, type Output, type Reply, readReply } from "../../harness/v2.js";

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

const isMask = (name: string) => name === "mask" || name === "class_mask";

function toV2(loss: Loss, request: Request, { float, binary, reduced }: Form): Message {
  const takes = Object.keys(tensorFields(loss));
  const entries = Object.entries(request);
  const inputs = entries
    .filter(([name]) => takes.includes(name))
    .map(([name, value]): Input => {
      const data = leaves(value as Nested).map(numberOf);
      return { name, datatype: isMask(name) ? "BOOL" : float, shape: shapeOf(value as Nested), data, binary };
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
  return readReply(Buffer.concat(result.reply), result.jsonLength);
}

const v1Forms = ["nested", "flat", "b64", "lines"] as const;
type V1Form = (typeof v1Forms)[number];

/** A tensor as a v1 body holds it. */
function inForm(name: string, value: Nested, form: V1Form, float: Datatype): unknown {
  if (form === "nested" || form === "lines") return value;
  const [shape, data] = [shapeOf(value), leaves(value)];
  if (form === "flat") return { shape, data };
  const datatype = isMask(name) ? "BOOL" : float;
  return { datatype, shape, b64: bytesOf(datatype, data.map(numberOf)).toString("base64") };
}

/** What v1 answers, under the names of v2. */
function askV1(
  loss: Loss,
  request: Request,
  form: V1Form = "nested",
  float: "FP64" | "FP32" = "FP64",
): Map<string, unknown> {
  const takes = Object.keys(tensorFields(loss));
  const tensors = Object.entries(request)
    .filter(([name]) => takes.includes(name))
    .map(([name, value]) => [name, inForm(name, value as Nested, form, float)]);
  const encoding = form === "lines" ? "nested" : form;
  const all = { ...request, ...Object.fromEntries(tensors), nonfinite: "string", encoding, outputs: listed(request) };
  const job = { loss: loss.name, body: Buffer.from(JSON.stringify(all)), elementsMax: 1e6 };
  const lines = { format: "lines", first: 1, options: {}, replies: true } as const;
  const result = answer(form === "lines" ? { ...job, ...lines } : { ...job, format: "json" });
  const text = result.ok ? Buffer.concat(result.reply).toString() : JSON.stringify(result.problem);
  const { decomposition = {}, accuracy, code, detail, ...rest } = JSON.parse(text);
  if (code !== undefined) throw new Error(`${loss.name} refused: ${detail}`);
  return new Map(Object.entries({ ...rest, ...decomposition, ...(accuracy && { accuracy: accuracy.correct }) }));
}

/** The numbers of a v1 reply's member, whatever its form. */
function numbersOf(value: unknown): number[] {
  const { data, datatype, b64 } = value as { data?: Nested; datatype?: string; b64?: string };
  if (b64 === undefined) return leaves(data ?? (value as Nested)).map(Number);
  const { buffer } = Uint8Array.from(Buffer.from(b64, "base64"));
  return [...(datatype === "FP32" ? new Float32Array(buffer) : new Float64Array(buffer))];
}

const bits = (numbers: readonly number[], float = "FP64") =>
  Buffer.from((float === "FP32" ? Float32Array.from(numbers) : Float64Array.from(numbers)).buffer).toString("hex");

const bitsOf = ({ outputs }: Reply) =>
  outputs.map(({ name, datatype, shape, data }) => [name, shape, bits(data, datatype)]);

describe.each(losses.map((loss) => [loss.name, loss] as const))("%s", (_name, loss) => {
  const requests = Array.from({ length: bodies }, (_, number) => JSON.parse(drawBody(loss, number)) as Request);

  test.each(v1Forms)("has the same bits in %s v1 JSON, v2 JSON and v2 binary, and the same counts", (form) => {
    let compared = 0;
    for (const request of requests) {
      const v1 = askV1(loss, request, form);
      const reduced = v1.has("loss");
      const text = ask(loss, toV2(loss, request, { float: "FP64", binary: false, reduced }));
      const raw = ask(loss, toV2(loss, request, { float: "FP64", binary: true, reduced }));
      expect(bitsOf(raw), JSON.stringify(request)).toEqual(bitsOf(text));
      expect(raw.parameters).toEqual(text.parameters);
      for (const { name, data } of text.outputs as readonly Output[]) {
        if (!v1.has(name)) continue;
        expect(bits(data), `${name} of ${JSON.stringify(request)}`).toBe(bits(numbersOf(v1.get(name))));
        compared++;
      }
      for (const [name, value] of Object.entries(text.parameters)) {
        // Counted are the infinities of what is returned, and v1 was asked for the same.
        expect([name, value]).toEqual([name, v1.get(name)]);
      }
    }
    expect(compared).toBeGreaterThan(bodies);
  });

  test("has the same bits in v1 b64, v2 JSON and v2 binary of FP32", () => {
    let answered = 0;
    let compared = 0;
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
        const v1 = askV1(loss, singles, "b64", "FP32");
        for (const { name, data } of raw!.outputs) {
          if (v1.has(name)) expect(bits(numbersOf(v1.get(name)), "FP32")).toBe(bits(data, "FP32"));
          compared += Number(v1.has(name));
        }
        for (const [name, value] of Object.entries(raw!.parameters))
          expect([name, value]).toEqual([name, v1.get(name)]);
        answered++;
      }
    }
    // Rounded, some are refused: a logit that is infinite now, a distribution that sums to less.
    expect(answered).toBeGreaterThan(bodies / 2);
    expect(compared).toBeGreaterThan(answered);
  });
});
