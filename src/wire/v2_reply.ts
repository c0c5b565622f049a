import type { BatchResult, Numbers, Tensor } from "../engine/batch.ts";
import { modelVersion } from "../losses/models.ts";
import { Problem } from "../problems.ts";
import { type AnswerDatatype, encodeNumbers } from "./datatypes.ts";
import type { V2Nonfinite, V2Request } from "./v2_request.ts";

/** A reply in pieces, to be sent one after the other. */
export interface V2Reply {
  readonly segments: readonly Uint8Array[];
  /** Bytes of JSON before the blobs; undefined where no output is binary. */
  readonly jsonLength?: number;
}

/** Text is encoded when it has grown to this: one string of a large reply could pass V8's limit. */
const pieceLength = 1 << 16;

interface Output {
  readonly name: string;
  readonly binary: boolean;
  readonly tensor: Tensor;
}

/** Writes a reply. Throws a Problem (invalid_request) for an infinite number where the caller wants none. */
export function writeV2Reply({ batch, id, datatype, outputs, nonfinite }: V2Request, result: BatchResult): V2Reply {
  const tensors = tensorsOf(result, datatype);
  const named = outputs.map(({ name, binary }): Output => ({ name, binary, tensor: tensors.get(name)! }));
  if (nonfinite === "error") refuseNonfinite(named, result.lossSum);
  const text = new JsonText(nonfinite);
  text.add(`{"model_name":"${batch.loss.name}","model_version":"${modelVersion}"`);
  if (id !== undefined) text.add(`,"id":${JSON.stringify(id)}`);
  text.add(`,"parameters":{${parametersOf(result, datatype, text)}},"outputs":[`);
  for (const [i, { name, binary, tensor }] of named.entries()) {
    text.add(`${i > 0 ? "," : ""}{"name":"${name}","datatype":"${datatype}","shape":[${tensor.shape}]`);
    // Some clients take any parameter of a JSON output for a fault.
    if (binary) text.add(`,"parameters":{"binary_data_size":${tensor.data.byteLength}}`);
    else text.numbers(tensor.data);
    text.add("}");
  }
  text.add("]}");
  const json = text.pieces();
  const blobs = named.filter(({ binary }) => binary).map(({ tensor }) => encodeNumbers(tensor.data));
  if (!named.some(({ binary }) => binary)) return { segments: json };
  return { segments: [...json, ...blobs], jsonLength: json.reduce((sum, { length }) => sum + length, 0) };
}

/** The outputs that there are, in the reply's datatype, which is the engine's. */
function tensorsOf(result: BatchResult, datatype: AnswerDatatype): ReadonlyMap<string, Tensor> {
  const { loss, losses, gradients, probabilities, accuracy, decomposition } = result;
  const one = (value: number) => (datatype === "FP32" ? Float32Array.of(value) : Float64Array.of(value));
  const named = {
    // Some clients know no tensor without a dimension.
    loss: loss === undefined ? undefined : { shape: [1], data: one(loss) },
    losses,
    gradients,
    probabilities,
    accuracy: accuracy?.correct,
    cross_entropy: decomposition?.cross_entropy,
    entropy: decomposition?.entropy,
    kl_divergence: decomposition?.kl_divergence,
  };
  return new Map(Object.entries(named).filter((entry): entry is [string, Tensor] => entry[1] !== undefined));
}

function refuseNonfinite(outputs: readonly Output[], lossSum: number): void {
  const refuse = (what: string) => {
    throw Problem.of([{ pointer: "/parameters/nonfinite", detail: `is "error", and ${what}` }]);
  };
  for (const { name, tensor } of outputs) {
    const at = tensor.data.findIndex((value: number) => !Number.isFinite(value));
    if (at >= 0) refuse(`number ${at} of ${name} is ${tensor.data[at]}`);
  }
  if (!Number.isFinite(lossSum)) refuse(`loss_sum is ${lossSum}`);
}

/** What a reply says beside its tensors: nothing that differs between two equal requests. */
function parametersOf(result: BatchResult, datatype: AnswerDatatype, text: JsonText): string {
  const { denominator, lossSum, gradientWrt } = result;
  const parameters = {
    ...(denominator !== undefined && { denominator: text.format(denominator) }),
    loss_sum: text.format(lossSum, datatype === "FP32"),
    weight_sum: text.format(result.weightSum),
    valid_count: text.format(result.validCount),
    ignored_count: text.format(result.ignoredCount),
    nonfinite_count: text.format(result.nonfiniteCount),
    ...(gradientWrt === "probabilities" && { gradient_wrt: `"${gradientWrt}"` }),
  };
  return Object.entries(parameters)
    .map(([name, value]) => `"${name}":${value}`)
    .join(",");
}

/** JSON in the making, pure ASCII but for the request's id. */
class JsonText {
  readonly #nonfinite: V2Nonfinite;
  readonly #pieces: Buffer[] = [];
  #text = "";

  constructor(nonfinite: V2Nonfinite) {
    this.#nonfinite = nonfinite;
  }

  add(text: string): void {
    this.#text += text;
  }

  /** The member `data` of an output: flat, as some clients read the first level only. */
  numbers(data: Numbers): void {
    const single = data instanceof Float32Array;
    this.#text += ',"data":[';
    for (let i = 0; i < data.length; i++) {
      if (i > 0) this.#text += ",";
      this.#text += this.format(data[i]!, single);
      if (this.#text.length > pieceLength) this.#flush();
    }
    this.#text += "]";
  }

  /** A number in the shortest text that reads as the same double, or as the same float32. */
  format(value: number, single = false): string {
    // String(−0) is "0".
    if (Number.isFinite(value)) return single ? shortestSingle(value) : String(value);
    if (this.#nonfinite === "literal") return String(value);
    return this.#nonfinite === "null" ? "null" : `"${value}"`;
  }

  #flush(): void {
    this.#pieces.push(Buffer.from(this.#text));
    this.#text = "";
  }

  pieces(): readonly Buffer[] {
    this.#flush();
    return this.#pieces;
  }
}

const leastNormalSingle = 1.1754943508222875e-38;

/** The shortest text that reads as the same float32: nine digits always do. */
function shortestSingle(value: number): string {
  for (let digits = Math.abs(value) < leastNormalSingle ? 1 : 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
