import type { BatchResult, Parts, Tensor } from "../../engine/batch.ts";
import type { Engine } from "../../engine/engine.ts";
import { JsonWriter, type ReplyForm } from "../../json/writer.ts";
import type { SplitPoints } from "../parts/split.ts";

/**
 * Writes a reply in the engine's memory, and copies it out: into `replyMemory` if it fills it, else into memory that can be
 * transferred. Throws a Problem (invalid_request) for an infinite number where the caller wants none.
 */
export function writeReply(engine: Engine, result: BatchResult, form: ReplyForm, replyMemory?: Uint8Array): Uint8Array {
  return write(new JsonWriter(engine, form), result, form).bytes(replyMemory);
}

/** Writes one part of a reply whose tensors have so many examples in all; the numbers that are no tensors are the whole's. */
export function writePart(
  engine: Engine,
  result: BatchResult,
  form: ReplyForm,
  rows: number,
  replyMemory?: Uint8Array,
): { readonly text: Uint8Array; readonly splitPoints: SplitPoints } {
  const writer = write(new JsonWriter(engine, form, rows), result, form);
  const splitPoints = { marks: writer.marks, separator: form.encoding === "b64" ? "" : "," };
  return { text: writer.bytes(replyMemory), splitPoints };
}

function write(writer: JsonWriter, result: BatchResult, form: ReplyForm): JsonWriter {
  // What is rounded to float32 is written as such: the counts, weights and what a mean divides by are doubles.
  const float32 = form.datatype === "FP32";
  writer.open();
  if (result.loss !== undefined) writer.number("loss", result.loss, float32);
  if (result.losses) writer.tensor("losses", result.losses);
  if (result.gradients) writer.tensor("gradients", result.gradients);
  if (result.gradientWrt === "probabilities") writer.raw("gradient_wrt", '"probabilities"');
  if (result.decomposition) writeDecomposition(writer, result.decomposition, float32);
  if (result.probabilities) writer.tensor("probabilities", result.probabilities);
  if (result.accuracy) {
    writer.raw("accuracy", "{", false);
    writer.tensor("correct", result.accuracy.correct);
    writer.number("mean", result.accuracy.mean, float32);
    writer.close("}");
  }
  writer.raw("reduction", `"${result.reduction}"`);
  if (result.denominator !== undefined) writer.number("denominator", result.denominator);
  writer.number("loss_sum", result.lossSum, float32);
  writer.number("weight_sum", result.weightSum);
  writer.number("valid_count", result.validCount);
  writer.number("ignored_count", result.ignoredCount);
  writer.number("nonfinite_count", result.nonfiniteCount);
  writer.close("}");
  return writer;
}

function writeDecomposition(
  writer: JsonWriter,
  decomposition: NonNullable<BatchResult["decomposition"]>,
  float32: boolean,
): void {
  writer.raw("decomposition", "{", false);
  writeParts<Tensor>(decomposition, (name, part) => writer.tensor(name, part));
  writer.raw("mean", "{", false);
  writeParts(decomposition.mean, (name, part) => writer.number(name, part, float32));
  writer.close("}}");
}

function writeParts<T>(parts: Parts<T>, write: (name: string, part: T) => void): void {
  write("cross_entropy", parts.cross_entropy);
  write("entropy", parts.entropy);
  write("kl_divergence", parts.kl_divergence);
}
