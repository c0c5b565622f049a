// Submissions to one task: right ones and three kinds of wrong ones, in turn.
import { compute } from "../../dist/index.js";

/** Numbers of a fixed sequence in [−2, 2): the same batch on every machine. */
function sequence() {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 30 - 2;
  };
}

/** What is claimed for the gradients, by turns: right, sign flipped, not divided by N, one number off. */
const claims = [
  (gradients) => gradients,
  (gradients) => gradients.map((row) => row.map((value) => -value)),
  (gradients) => gradients.map((row) => row.map((value) => value * gradients.length)),
  (gradients) => gradients.map((row, i) => row.map((value, j) => (i + j === 0 ? value + 0.5 : value))),
];

/** A task of one case of rows × columns, and so many submissions to it, each the text of a line. */
export function batchOf({ submissions, rows, columns }) {
  const next = sequence();
  const logits = Array.from({ length: rows }, () => Array.from({ length: columns }, next));
  const labels = Array.from({ length: rows }, (_, i) => (7 * i + 3) % columns);
  const { loss, losses, gradients } = compute("cross_entropy", { logits, labels });
  const nested = (tensor) => {
    const flat = Array.from(tensor.data ?? tensor);
    return Array.from({ length: rows }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
  };
  const task = { loss: "cross_entropy", cases: [{ id: "base", logits, labels }] };
  const right = nested(gradients);
  const texts = claims.map((claim) =>
    JSON.stringify([{ case: "base", loss, losses: Array.from(losses.data ?? losses), gradients: claim(right) }]),
  );
  const lines = Array.from({ length: submissions }, (_, i) => `{"id":"s-${i}","claims":${texts[i % texts.length]}}`);
  return { task, lines };
}
