import { el } from "../elements.ts";
import { type Real, shown } from "../numbers.ts";
import { Turns } from "../service/turns.ts";
import type { View } from "../view.ts";
import type { Lesson } from "./lessons/lesson.ts";
import { lessons } from "./lessons/list.ts";
import { answersOf, hintOf, isRight, readNumber } from "./lessons/reader.ts";

export const lessonsView: View = {
  title: "Lessons",
  show(main, settings) {
    const place = Math.max(
      0,
      lessons.findIndex(({ id }) => id === settings.get("at")),
    );
    const links = lessons.map(({ id, title }, i) => {
      const link = el("a", { href: `#/lessons?at=${id}`, "aria-current": i === place ? "step" : undefined }, title);
      return el("li", {}, link);
    });
    const list = el("ol", {}, ...links);
    main.append(
      el("h1", {}, "Lessons"),
      el("p", { class: "lead" }, "Work it out first, on paper. Then let the service check it, or show you."),
      el(
        "div",
        { class: "lessons" },
        el("nav", { class: "steps", "aria-label": "Lessons" }, list),
        card(lessons[place]!, lessons[place + 1]),
      ),
    );
    // On a narrow screen the list is a row that scrolls.
    list.scrollLeft = links[place]!.offsetLeft - list.offsetLeft;
  },
};

function card(lesson: Lesson, next: Lesson | undefined): HTMLElement {
  const turns = new Turns();
  const result = el("div", { class: "result", "aria-live": "polite" });
  const inputs = lesson.parts.map(({ asked }) =>
    asked.map(() => el("input", { type: "text", inputmode: "decimal", autocomplete: "off" })),
  );
  const verdicts = inputs.map((row) => row.map(() => el("span", { class: "verdict" })));
  const fields = lesson.parts.flatMap(({ asked }, part) =>
    asked.map(({ name }, i) =>
      el("label", { class: "asked" }, el("span", {}, name), inputs[part]![i]!, verdicts[part]![i]!),
    ),
  );
  const reveal = () =>
    void turns.run(async (signal) => {
      const answers: Real[][] = [];
      for (const part of lesson.parts) answers.push(await answersOf(part, signal));
      result.replaceChildren(...revealed(lesson, answers));
    });
  const judge = () => void turns.run((signal) => judged(lesson, inputs, verdicts, result, signal));
  const { choices } = lesson;
  return el(
    "form",
    {
      class: "lesson",
      submit: (event) => {
        event.preventDefault();
        judge();
      },
    },
    el("h2", {}, lesson.title),
    el("p", {}, lesson.question),
    ...(choices ? choices.words.map((words, i) => chosen(words, i === choices.right, result, reveal)) : fields),
    el(
      "div",
      { class: "controls" },
      ...(choices ? [] : [el("button", { type: "submit", class: "primary" }, "Check my answer")]),
      el("button", { type: "button", click: reveal }, "Show the answer"),
    ),
    result,
    ...(next
      ? [el("p", { class: "next" }, el("a", { href: `#/lessons?at=${next.id}` }, `Next: ${next.title} →`))]
      : []),
  );
}

/** An answer to choose: the right one shows the numbers behind it. */
function chosen(words: string, isRight: boolean, result: HTMLElement, reveal: () => void): HTMLElement {
  const button = el("button", { type: "button", class: "option" }, words);
  button.addEventListener("click", () => {
    button.classList.add(isRight ? "right" : "wrong");
    if (isRight) reveal();
    else result.replaceChildren(el("p", {}, `Not "${words}". Try another one.`));
  });
  return button;
}

async function judged(
  lesson: Lesson,
  inputs: readonly (readonly HTMLInputElement[])[],
  verdicts: readonly (readonly HTMLElement[])[],
  result: HTMLElement,
  signal: AbortSignal,
): Promise<void> {
  let hint: string | undefined;
  let [open, wrong] = [0, 0];
  for (const [p, part] of lesson.parts.entries()) {
    const answers = await answersOf(part, signal);
    for (const [i, asked] of part.asked.entries()) {
      const text = inputs[p]![i]!.value;
      const written = readNumber(text);
      const right = written !== undefined && isRight(text, answers[i]!);
      mark(verdicts[p]![i]!, written === undefined ? "open" : right ? "right" : "wrong");
      if (written === undefined) open++;
      else if (!right) {
        wrong++;
        hint ??= await hintOf(part, asked, written, signal);
      }
    }
  }
  const words = "Not yet. Look at the signs, and at which label is given.";
  if (wrong > 0) result.replaceChildren(el("p", {}, hint ?? words));
  else if (open > 0) result.replaceChildren(el("p", {}, "So far so good. Fill in the rest, or show the answer."));
  else result.replaceChildren(el("p", { class: "right" }, "All right."), ...insightOf(lesson));
}

function mark(place: HTMLElement, verdict: "open" | "right" | "wrong"): void {
  place.className = `verdict ${verdict}`;
  place.textContent = { open: "", right: "✓ right", wrong: "✗ not yet" }[verdict];
}

function revealed(lesson: Lesson, answers: readonly (readonly Real[])[]): HTMLElement[] {
  const rows = lesson.parts.flatMap(({ asked }, part) =>
    asked.map(({ name }, i) => {
      const value = answers[part]![i]!;
      return el("tr", {}, el("th", { scope: "row" }, name), el("td", { title: String(value) }, shown(value)));
    }),
  );
  return [el("table", { class: "numbers" }, el("tbody", {}, ...rows)), ...insightOf(lesson)];
}

function insightOf({ insight, slip, picture }: Lesson): HTMLElement[] {
  return [
    el("p", {}, insight),
    ...(slip ? [el("p", { class: "slip" }, el("strong", {}, "A slip that is often repeated: "), slip)] : []),
    ...(picture ? [el("p", {}, el("a", { href: `#/${picture[1]}` }, picture[0]))] : []),
  ];
}
