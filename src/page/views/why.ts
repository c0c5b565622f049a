import { el } from "../elements.ts";
import type { View } from "../view.ts";
import { descent } from "./why/descent.ts";
import { decomposition, prior, scoring } from "./why/distributions.ts";
import { easy, gradients, saturation, stops } from "./why/pictures.ts";
import type { Scene } from "./why/scene.ts";
import { softmax } from "./why/softmax.ts";

const scenes: readonly (() => Scene)[] = [
  saturation,
  gradients,
  descent,
  stops,
  easy,
  softmax,
  decomposition,
  scoring,
  prior,
];

export const why: View = {
  title: "Why not MSE",
  show(main, settings) {
    main.append(
      el("h1", {}, "Why not squared error for classification?"),
      el(
        "p",
        { class: "lead" },
        "Five pictures say why, and four more say what cross-entropy does instead. All of them move.",
      ),
    );
    const waiting = new Map<Element, () => void>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting) continue;
          observer.unobserve(target);
          waiting.get(target)?.();
        }
      },
      { rootMargin: "300px" },
    );
    scenes.forEach((make, i) => {
      const { title, words, parts, start } = make();
      const told = el("div", {}, el("h2", {}, `${i + 1}. ${title}`), el("p", {}, words));
      const section = el("section", { class: "scene" }, told, el("div", { class: "stage" }, ...parts));
      waiting.set(section, start);
      main.append(section);
      observer.observe(section);
    });
    main.querySelectorAll(".scene")[Number(settings.get("at")) - 1]?.scrollIntoView();
  },
};
