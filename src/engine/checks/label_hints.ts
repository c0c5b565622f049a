import type { LabelDomain, Loss } from "../../losses/loss.ts";

/** Numbers that other libraries have for labels to ignore: Keras, segmentation masks, PyTorch. */
const usuallyIgnored = [-1, 255, -100];

/** What to send in place of a label that means something in other libraries; "" if that can't be told. */
export function labelHint(loss: Loss, domain: LabelDomain, y: number): string {
  const encodings = "label_encoding" in loss.options.properties;
  if (domain === "signed" && y === 0) {
    return encodings ? ': with "label_encoding": "binary" labels are 0 and 1' : ": send -1 for 0";
  }
  if (domain === "binary" && y === -1 && encodings) return ': with "label_encoding": "signed" labels are -1 and 1';
  if (domain === "binary" && y > 0 && y < 1) return ": labels between 0 and 1 are for binary_cross_entropy";
  const other = y === -1 && domain !== "non_negative" ? "send 0 for -1 if that is the other class; " : "";
  return usuallyIgnored.includes(y) ? `: ${other}an example to ignore is false in mask` : "";
}

/** The same of a class index. */
export function classHint(loss: Loss, y: number, classes: number): string {
  if (usuallyIgnored.includes(y)) {
    return "ignore_index" in loss.options.properties
      ? `: to ignore such examples send "ignore_index": ${y}`
      : ": an example to ignore is false in mask";
  }
  return y === classes ? ": the first class has the index 0" : "";
}
