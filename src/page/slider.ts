import { el } from "./elements.ts";

export interface SliderOptions {
  readonly id: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** What the number means, for those who hover or listen. */
  readonly hint?: string;
  readonly change: (value: number) => void;
}

/** A slider, and beside it a field for a number that the slider cannot meet. */
export interface Slider {
  readonly root: HTMLElement;
  readonly range: HTMLInputElement;
  set(value: number): void;
}

export function slider({ id, label, min, max, step, value, hint, change }: SliderOptions): Slider {
  const range = el("input", { type: "range", id, min, max, step, value, "aria-label": label });
  const field = el("input", { type: "number", step: "any", value, "aria-label": `${label} as a number`, name: id });
  range.addEventListener("input", () => {
    field.value = range.value;
    change(Number(range.value));
  });
  field.addEventListener("input", () => {
    if (field.value === "" || !Number.isFinite(field.valueAsNumber)) return;
    range.value = field.value;
    change(field.valueAsNumber);
  });
  const name = el("label", { for: id, title: hint }, label);
  const set = (next: number) => {
    range.value = String(next);
    field.value = String(next);
  };
  set(value);
  return { root: el("div", { class: "slider" }, name, range, field), range, set };
}

/** A choice of a few values, as buttons of which one is pressed. */
export function choice(label: string, values: readonly string[], chosen: string, change: (value: string) => void) {
  const buttons = values.map((value) =>
    el("button", { type: "button", "aria-pressed": String(value === chosen) }, value.replace("-", "−")),
  );
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      change(values[i]!);
    });
  });
  return el("div", { class: "choice", role: "group", "aria-label": label }, el("span", {}, label), ...buttons);
}
