/** Without options that no output depends on: those are refused. */
export function withoutIdle(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const outputs = (body["outputs"] ?? ["losses", "gradients"]) as string[];
  const isDistribution =
    depth(body["labels"] ?? body["label_logits"]) === depth(body["logits"] ?? body["probabilities"]);
  const idle: Record<string, boolean> = {
    mean_over: (body["reduction"] ?? "mean") !== "mean" && !outputs.includes("decomposition"),
    kink: !outputs.includes("gradients"),
    normalize_labels: body["normalize_labels"] === true && !isDistribution,
    ignore_index: body["ignore_index"] !== -100 && isDistribution,
  };
  return Object.fromEntries(Object.entries(body).filter(([name]) => !idle[name]));
}

function depth(value: unknown): number {
  return Array.isArray(value) ? 1 + depth(value[0]) : 0;
}
