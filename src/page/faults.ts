import { el } from "./elements.ts";
import type { Refusal } from "./service/ask.ts";

/** A control with its name, and below it a place for what the service says is wrong with it. */
export function field(name: string, ...parts: readonly HTMLElement[]): HTMLElement {
  return el("div", { class: "field", "data-field": name }, ...parts, el("p", { class: "fault" }));
}

/** Says what the service refuses at the fields that it names; what names none of them goes to `elsewhere`. */
export function showFaults(root: HTMLElement, { fault }: Refusal, elsewhere: HTMLElement): void {
  clearFaults(root);
  const errors = fault.errors ?? [{ pointer: "", detail: fault.detail || fault.title }];
  for (const { pointer, detail } of errors) {
    const [, name = "", ...rest] = pointer.split("/");
    const place = root.querySelector(`[data-field="${CSS.escape(name)}"] .fault`);
    const at = rest.length > 0 ? `${rest.join("/")}: ` : "";
    if (place) place.textContent = at + detail;
    else elsewhere.append(el("p", { class: "fault" }, `${pointer} ${detail}`.trim()));
    for (const control of root.querySelectorAll(`[data-field="${CSS.escape(name)}"] :is(input, textarea)`)) {
      control.setAttribute("aria-invalid", "true");
    }
  }
}

export function clearFaults(root: HTMLElement): void {
  for (const place of root.querySelectorAll(".field > .fault")) place.textContent = "";
  for (const place of root.querySelectorAll(".fault:not(.field > .fault)")) place.remove();
  for (const control of root.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}
