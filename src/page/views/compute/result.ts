import { Chart } from "../../chart/chart.ts";
import type { Batch } from "../../data/files.ts";
import { el } from "../../elements.ts";
import { type Real, shown, toNumber } from "../../numbers.ts";
import type { Reply } from "../../service/losses.ts";
import { reliability } from "./reliability.ts";

/** More rows than this nobody reads. */
const rowsMax = 50;
const columnsMax = 6;

type Nested = Real | readonly Nested[];

/** The mean, every loss, and how they are spread. */
export function showReply(reply: Reply, batch: Batch): HTMLElement[] {
  const losses = flat(reply.losses as Nested);
  const gradients = reply.gradients as readonly Nested[] | Real | undefined;
  const facts = Object.entries({
    loss: reply.loss,
    accuracy: reply.accuracy?.mean,
    examples: reply.valid_count,
    ignored: reply.ignored_count,
  }).filter(([, value]) => value !== undefined && value !== null);
  const labels = Array.isArray(batch.labels) ? (batch.labels as unknown[]) : [];
  const rows = losses.slice(0, rowsMax).map((loss, i) => {
    const gradient = Array.isArray(gradients) ? (gradients[i] as Nested) : (gradients as Real | undefined);
    const cells = [String(i), wordsOf(labels[i]), shown(loss), gradient === undefined ? "" : wordsOf(gradient)];
    return el("tr", {}, ...cells.map((cell, column) => el("td", column === 2 ? { title: String(loss) } : {}, cell)));
  });
  const heads = ["row", "label", "loss", "gradient"].map((name) => el("th", { scope: "col" }, name));
  const rest = losses.length - rows.length;
  return [
    el("h2", {}, "Result"),
    el(
      "dl",
      { class: "facts" },
      ...facts.map(([name, value]) =>
        el("div", {}, el("dt", {}, name), el("dd", { title: String(value) }, shown(value as Real))),
      ),
    ),
    ...(losses.length > 1 ? [histogram(losses.map(toNumber))] : []),
    ...reliability(reply),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Losses and gradients" },
      el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    ),
    ...(rest > 0 ? [el("p", { class: "note" }, `The first ${rowsMax} rows. The programs below get all.`)] : []),
  ];
}

function flat(tensor: Nested): Real[] {
  return Array.isArray(tensor) ? tensor.flatMap(flat) : [tensor as Real];
}

function wordsOf(value: unknown): string {
  if (value === undefined) return "";
  if (!Array.isArray(value)) return shown(value as Real);
  const words = value.slice(0, columnsMax).map(wordsOf);
  return `[${words.join(", ")}${value.length > columnsMax ? ", …" : ""}]`;
}

/** How many losses are how large, drawn as steps. Infinite ones are left out. */
function histogram(losses: readonly number[]): HTMLElement {
  const chart = new Chart("How the losses are spread", "flat");
  const finite = losses.filter(Number.isFinite);
  const most = Math.max(...finite, 1e-9);
  const bins = Math.min(24, Math.max(6, Math.ceil(Math.sqrt(finite.length))));
  const counts = Array.from({ length: bins }, () => 0);
  for (const loss of finite) counts[Math.min(bins - 1, Math.max(0, Math.floor((loss / most) * bins)))]!++;
  const x = counts.flatMap((_, i) => [i, i, i + 1, i + 1]).map((edge) => (edge / bins) * most);
  const y = counts.flatMap((count) => [0, count, count, 0]);
  chart.show({
    label: "A histogram of the losses.",
    xName: "loss",
    lines: [{ name: "count", colour: 0, x, y, filled: true }],
  });
  return chart.root;
}
