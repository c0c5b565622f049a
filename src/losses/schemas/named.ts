import { Type } from "typebox";
import { nonfiniteWords } from "../nonfinite.ts";

const number = { type: "number", title: "Number" };
const word = { $ref: "Nonfinite#" };
const absent = { type: "null" };
// Not recursive: openapi-typescript would make types of it that TypeScript refuses.
const nested = { type: "array", title: "Nested", items: {} };

const real = { anyOf: [number, word] };
const realOrAbsent = { anyOf: [number, word, absent] };

const shape = { type: "array", items: { type: "integer", minimum: 0 }, description: "[] for a single number." };

/** The forms that name their shape: the numbers in one flat array, or as bytes. */
const flat = (title: string, item: object) => ({
  type: "object",
  title,
  required: ["shape", "data"],
  properties: { shape, data: { type: "array", items: item } },
  additionalProperties: false,
});
const encoded = (title: string, datatypes: readonly string[]) => ({
  type: "object",
  title,
  required: ["datatype", "shape", "b64"],
  properties: {
    datatype: { type: "string", enum: datatypes },
    shape,
    b64: { type: "string", contentEncoding: "base64", description: "Little-endian, row-major." },
  },
  additionalProperties: false,
});

const integers = ["UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"];
const floats = ["FP16", "BF16", "FP32", "FP64"];
const inputDatatypes = [...integers, ...floats];
const replyDatatypes = ["FP32", "FP64"];

/** What many fields are, by the names that the document and generated clients have for them. */
export const namedSchemas = {
  Nonfinite: Type.Enum(nonfiniteWords, { description: "What JSON has no number for." }),
  Real: Type.Unsafe<number | string>({ anyOf: [number, word], description: "A number, finite or not." }),
  Tensor: Type.Unsafe<unknown>({
    anyOf: [number, word, nested, flat("FlatNumbers", real), encoded("EncodedNumbers", inputDatatypes)],
    description:
      "A number, or arrays nested to any depth: those of one depth have one length, the innermost hold numbers. Or one flat array, or bytes, with their shape.",
  }),
  BooleanTensor: Type.Unsafe<unknown>({
    anyOf: [
      { type: "boolean", title: "Boolean" },
      nested,
      flat("FlatBooleans", { type: "boolean" }),
      encoded("EncodedBooleans", ["BOOL"]),
    ],
    description:
      "A Boolean, or arrays nested to any depth: those of one depth have one length, the innermost hold Booleans. Or one flat array, or bytes, with their shape.",
  }),
  RealReply: Type.Unsafe<number | string | null>({
    anyOf: [number, word, absent],
    description: 'A number; an infinite one is a string, or null with nonfinite "null".',
  }),
  TensorReply: Type.Unsafe<unknown>({
    anyOf: [number, word, absent, nested, flat("FlatReply", realOrAbsent), encoded("EncodedReply", replyDatatypes)],
    description:
      'A number, or arrays nested as the input; an infinite one is a string, or null with nonfinite "null". By encoding, one flat array, or bytes, with their shape.',
  }),
} as const;
