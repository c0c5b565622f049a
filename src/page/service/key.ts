import { el } from "../elements.ts";

const stored = "lossd API key";

/** Whether the service takes requests with a key alone, and the reader has given one. */
export const hasKey = (): boolean => sessionStorage.getItem(stored) !== null;

/** The header that shows the key, if there is one. It is kept for this tab alone. */
export function keyHeader(): Record<string, string> {
  const key = sessionStorage.getItem(stored);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

let asking: Promise<void> | undefined;

/** Asks the reader for an API key, once for all requests that wait for it; resolves when there is one. */
export function askForKey(words: string): Promise<void> {
  asking ??= new Promise<void>((resolve) => {
    const field = el("input", { type: "password", id: "api-key", autocomplete: "off", required: true });
    const form = el(
      "form",
      { class: "alert asks" },
      el("strong", {}, "This service asks for an API key."),
      el("p", {}, words),
      el("label", { for: "api-key" }, "API key"),
      field,
      el("button", { type: "submit", class: "primary" }, "Use it"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem(stored, field.value.trim());
      form.remove();
      asking = undefined;
      resolve();
    });
    document.getElementById("alert")!.replaceChildren(form);
    field.focus();
  });
  return asking;
}
