import { type TSchema, Type } from "typebox";
import type { Loss } from "../loss.ts";
import { optionFields, tensorFields } from "./fields.ts";
import { defaultOutputs, hasField, replyTensors } from "./reply_fields.ts";
import { booleanTensors, type TensorName } from "./tensor_names.ts";

/** A loss as a model of the Open Inference Protocol: its one version, and whose it is. */
export const modelVersion = "1";
export const platform = "lossd";

/** A tensor as a model's metadata describes it; −1 is a dimension of any length. */
export interface ModelTensor<Name extends string = string> {
  readonly name: Name;
  /** Metadata names one datatype, though several are taken: clients send this one unless told otherwise. */
  readonly datatype: "FP32" | "INT64" | "BOOL";
  readonly shape: readonly number[];
}

export interface ModelInput extends ModelTensor<TensorName> {
  readonly optional: boolean;
}

/** The inputs of a loss, in the order of its fields. What may stand in for logits or labels is optional. */
export function modelInputs(loss: Loss): ModelInput[] {
  const names = Object.keys(tensorFields(loss)) as TensorName[];
  const hasRows = loss.kind === "rowwise";
  // A loss that takes a teacher's logits takes distributions, and no class indices.
  const hasIndices = hasRows && !names.some((name) => name.endsWith("_logits"));
  const ofClasses = (name: string) =>
    /logits$|^probabilities$|^class_mask$/.test(name) || (name === "labels" && !hasIndices);
  return names.map((name) => ({
    name,
    datatype: isBoolean(name) ? "BOOL" : name === "labels" && hasIndices ? "INT64" : "FP32",
    shape: hasRows && ofClasses(name) ? [-1, -1] : [-1],
    optional: name !== "logits" && name !== "labels",
  }));
}

export function isBoolean(name: TensorName): boolean {
  return (booleanTensors as readonly string[]).includes(name);
}

export const defaultModelOutputs = ["loss", ...defaultOutputs];

/** The outputs of a loss: those that a reply has by default come first. */
export function modelOutputs(loss: Loss): ModelTensor[] {
  const input = loss.kind === "rowwise" ? [-1, -1] : [-1];
  const shapes = { number: [1], examples: [-1], input };
  return replyTensors
    .filter(({ field }) => hasField(loss, field))
    .map(({ name, shape }) => ({ name, datatype: "FP32", shape: shapes[shape] }));
}

/** The options that are parameters of a v2 request; what its reply carries, and how, it says in `outputs`. */
export function parameterFields(loss: Loss): Record<string, TSchema> {
  const { outputs: _outputs, encoding: _encoding, nonfinite: _nonfinite, ...options } = optionFields(loss);
  return {
    ...options,
    nonfinite: Type.Enum(["string", "null", "literal", "error"], {
      default: "string",
      description:
        'How JSON outputs hold an infinite number: as the string "Infinity", as null, as the bare token Infinity, or not at all (400). Binary outputs hold it as it is.',
    }),
  };
}
