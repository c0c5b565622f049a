/** The inputs that are tensors, whatever the wire format. */
export const numberTensors = [
  "logits",
  "probabilities",
  "labels",
  "label_logits",
  "sample_weights",
  "class_weights",
] as const;
export const booleanTensors = ["mask", "class_mask"] as const;
export type TensorName = (typeof numberTensors)[number] | (typeof booleanTensors)[number];
