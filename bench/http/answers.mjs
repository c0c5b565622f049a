// Nobody wins by not answering: every server's numbers are compared with the engine's before it is measured.
import { compute } from "lossd";

/** By the engine in this process, without HTTP between. */
export function answerOf({ rows, columns, logits, labels }) {
  const { loss, losses, gradients } = compute("cross_entropy", {
    logits: { shape: [rows, columns], data: logits },
    labels,
  });
  return { loss: [loss], losses: losses.data, gradients: gradients.data };
}

/** A difference relative to the greatest number of its tensor. */
export const tolerances = { FP64: 1e-9, FP32: 1e-5 };

/** What is wrong with an answer, in words; undefined where nothing is. */
export function findFault(answer, expected, tolerance) {
  for (const [name, numbers] of Object.entries(expected)) {
    const given = answer[name];
    if (given?.length !== numbers.length) return `${name} has ${given?.length} numbers, not ${numbers.length}`;
    const greatest = numbers.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    for (let i = 0; i < numbers.length; i++) {
      if (!(Math.abs(given[i] - numbers[i]) <= tolerance * greatest)) {
        return `${name}[${i}] is ${given[i]}, not ${numbers[i]} within ${tolerance} × ${greatest}`;
      }
    }
  }
  return undefined;
}
