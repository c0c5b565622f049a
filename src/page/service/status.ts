import { el } from "../elements.ts";

const place = (id: string) => document.getElementById(id)!;

/** Says that the service is busy and will be asked again. */
export function showWaiting(waits: boolean): void {
  const words = waits ? "The service is busy. Waiting for its turn…" : "";
  if (place("status").textContent !== words) place("status").textContent = words;
}

let atWork = 0;

/** Tells readers, by eye or by ear, that numbers on the page are about to change. */
export function countWork(change: 1 | -1): void {
  atWork += change;
  if (atWork > 0) place("main").setAttribute("aria-busy", "true");
  else place("main").removeAttribute("aria-busy");
}

/** Says loudly what went wrong; `again` tries once more. */
export function showAlert(title: string, detail: string, again: () => void): void {
  const button = el("button", { type: "button", click: again }, "Try again");
  place("alert").replaceChildren(el("div", { class: "alert" }, el("strong", {}, title), el("p", {}, detail), button));
}

/** Takes the alert away, once something was answered. */
export function clearAlert(): void {
  place("alert").replaceChildren();
}
