import { el } from "../../elements.ts";
import { field } from "../../faults.ts";
import { choice, slider } from "../../slider.ts";
import type { Plotted } from "./curves.ts";

type Set = (change: Partial<Plotted>) => void;

/** Controls for the label, and for a rowwise loss the row around the logit that moves. */
export function labelControl(plotted: Plotted, set: Set): HTMLElement[] {
  if (plotted.loss.kind === "elementwise") return [field("label", elementwise(plotted, set))];
  const { logits, label, class: moving } = plotted;
  const [example] = plotted.loss.examples.filter(({ request }) => Array.isArray(request["logits"]));
  const row = (name: string) => {
    const value = (example?.request[name] as unknown[] | undefined)?.[0];
    return value === undefined ? "" : String(value).replaceAll(",", ", ");
  };
  return [
    text("logits", "row of logits", logits, row("logits"), (words) => set({ logits: words })),
    text("label", labelName(plotted), label, row("labels"), (words) => set({ label: words })),
    text("class", "class that moves", moving, "the label's", (words) => set({ class: words })),
  ];
}

const labelName = ({ loss }: Plotted) =>
  loss.labels.startsWith("class") ? "label: class, or distribution" : "label: distribution";

function text(
  name: string,
  label: string,
  value: string | undefined,
  placeholder: string,
  change: (words: string) => void,
) {
  const id = `curve-${name}`;
  const control = el("input", { type: "text", id, value, placeholder, autocomplete: "off" });
  control.addEventListener("input", () => change(control.value.replaceAll(" ", "")));
  return field(name, el("label", { for: id }, label), control);
}

function elementwise({ loss, label, options }: Plotted, set: Set): HTMLElement {
  const change = (value: number | string) => set({ label: String(value) });
  const isSigned = /^-1 or 1/.test(loss.labels);
  if (isSigned || loss.labels === "0 or 1") {
    const values = isSigned && options["label_encoding"] !== "binary" ? ["-1", "1"] : ["0", "1"];
    return choice("label", values, label ?? "1", change);
  }
  const isProbability = loss.labels.startsWith("in [0, 1]");
  const bounds = isProbability
    ? { min: 0, max: 1, step: 0.01 }
    : { min: loss.labels.startsWith("at least 0") ? 0 : -5, max: 5, step: 0.1 };
  return slider({ id: "label", label: "label", ...bounds, value: Number(label ?? 1), change }).root;
}
