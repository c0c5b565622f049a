import type { BatchResult, Tensor } from "../../engine/batch.ts";
import type { Engine } from "../../engine/engine.ts";
import { JsonWriter, type ReplyForm } from "../../json/writer.ts";
import { type Field, replyEntries } from "../../losses/schemas/reply_fields.ts";
import type { ReplyBounds } from "../job.ts";
import type { SplitPoints } from "../parts/split.ts";

/**
 * Writes a reply in the engine's memory, and copies it out: into `replyMemory` if it fills it, else into memory that can be
 * transferred. Throws a Problem: reply_too_large, or invalid_request for an infinite number where the caller wants none.
 */
export function writeReply(engine: Engine, result: BatchResult, form: ReplyForm, bounds: ReplyBounds): Uint8Array {
  return write(new JsonWriter(engine, form, bounds.replyBytesMax), result, form).bytes(bounds.replyMemory);
}

/** Writes one part of a reply whose tensors have so many examples in all; the numbers that are no tensors are the whole's. */
export function writePart(
  engine: Engine,
  result: BatchResult,
  form: ReplyForm,
  rows: number,
  { replyMemory, replyBytesMax }: ReplyBounds,
): { readonly text: Uint8Array; readonly splitPoints: SplitPoints } {
  const writer = write(new JsonWriter(engine, form, replyBytesMax, rows), result, form);
  const splitPoints = { marks: writer.marks, separator: form.encoding === "b64" ? "" : "," };
  return { text: writer.bytes(replyMemory), splitPoints };
}

function write(writer: JsonWriter, result: BatchResult, { datatype }: ReplyForm): JsonWriter {
  writer.open();
  writeFields(writer, replyEntries, result, datatype === "FP32");
  writer.close("}");
  return writer;
}

type Value = Tensor | number | string | Values;
type Values = { readonly [name: string]: Value | undefined };

function writeFields(
  writer: JsonWriter,
  fields: readonly (readonly [string, Field])[],
  values: object,
  float32: boolean,
): void {
  for (const [name, field] of fields) {
    const value = (values as Values)[name];
    if (value === undefined) continue;
    if (field.shape === "word") writer.raw(name, `"${value}"`);
    else if (field.shape === "group") {
      writer.raw(name, "{", false);
      writeFields(writer, Object.entries(field.fields), value as Values, float32);
      writer.close("}");
    } else if (typeof value === "number") writer.number(name, value, float32 && field.shape === "number");
    else writer.tensor(name, value as Tensor);
  }
}
