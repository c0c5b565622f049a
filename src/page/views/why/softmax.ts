import { Bars } from "../../chart/bars.ts";
import { el } from "../../elements.ts";
import { shown } from "../../numbers.ts";
import { compute } from "../../service/losses.ts";
import { Turns } from "../../service/turns.ts";
import { choice, slider } from "../../slider.ts";
import type { Scene } from "./scene.ts";

/** Three logits as probabilities, and the gradient of cross-entropy as arrows. */
export function softmax(): Scene {
  const bars = new Bars("softmax(z) and its push");
  const told = el("p", { class: "told", "aria-live": "polite" });
  const turns = new Turns();
  const logits = [2, 1, 0.1];
  let label = 1;
  const ask = () =>
    void turns.run(async (signal) => {
      const request = { logits: [logits], labels: [label], outputs: ["losses", "gradients", "probabilities"] };
      const { losses, gradients, probabilities } = await compute("cross_entropy", request, signal);
      const [shares, slopes] = [(probabilities as number[][])[0]!, (gradients as number[][])[0]!];
      const words = shares.map((share, i) => `class ${i} ${shown(share)}, gradient ${shown(slopes[i]!)}`);
      bars.show(
        `Probabilities: ${words.join("; ")}.`,
        shares.map((value, i) => ({
          name: i === label ? `class ${i}, the right one` : `class ${i}`,
          value,
          words: shown(value),
          colour: 0,
          push: -slopes[i]!,
        })),
      );
      told.textContent = `Loss ${shown((losses as number[])[0]!)}. Gradient [${slopes.map(shown).join(", ")}].`;
    });
  const sliders = logits.map(
    (value, i) =>
      slider({
        id: `softmax-${i}`,
        label: `z${"₀₁₂"[i]}`,
        min: -5,
        max: 5,
        step: 0.1,
        value,
        change: (next) => {
          logits[i] = next;
          ask();
        },
      }).root,
  );
  const right = choice("right class", ["0", "1", "2"], "1", (value) => {
    label = Number(value);
    ask();
  });
  return {
    title: "Softmax shares one unit of probability",
    words:
      "Three logits become three probabilities. The gradient of cross-entropy is probability minus target: descent pushes the right class up by what it lacks, and the others down by what they have too much.",
    parts: [bars.root, el("div", { class: "controls" }, ...sliders, right), told],
    start: ask,
  };
}
