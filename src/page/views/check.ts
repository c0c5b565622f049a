import { writeSettings } from "../address.ts";
import { readPrinted, Unreadable } from "../data/printed.ts";
import { el } from "../elements.ts";
import { clearFaults, field, showFaults } from "../faults.ts";
import { type Real, shown } from "../numbers.ts";
import { select } from "../options.ts";
import { post } from "../service/ask.ts";
import { type Loss, readCatalogue } from "../service/losses.ts";
import { Turns } from "../service/turns.ts";
import type { View } from "../view.ts";

interface Judgement {
  readonly verdict: "pass" | "partial" | "fail" | "format_error";
  readonly parts: readonly {
    readonly output: string;
    readonly verdict: "pass" | "fail";
    readonly compared: number;
    readonly mismatched: number;
    readonly worst?: { readonly pointer: string; readonly claimed: Real; readonly reference: Real };
  }[];
  readonly diagnosis?: { readonly status: string; readonly candidates?: readonly { readonly student: string }[] };
}

type Field = "logits" | "labels" | "loss" | "losses" | "gradients";

const example = {
  logits: "[[2.0, 1.0, 0.1], [0.5, 2.5, -1.0]]",
  labels: "[1, 1]",
  gradients: "tensor([[0.3295, 0.1212, 0.0493],\n        [0.0581, 0.4290, 0.0130]])",
};

export const checkView: View = {
  title: "Check my gradient",
  async show(main, settings) {
    await new Turns().run(async () => {
      new Checker(main, await readCatalogue(), settings.get("loss") ?? "cross_entropy");
      if (settings.get("run") === "1") main.querySelector("form")!.requestSubmit();
    });
  },
};

class Checker {
  readonly #fields: Readonly<Record<Field, HTMLTextAreaElement>> = {
    logits: area("logits", example.logits),
    labels: area("labels", example.labels),
    loss: area("claim-loss", ""),
    losses: area("claim-losses", ""),
    gradients: area("claim-gradients", example.gradients, 4),
  };
  readonly #elsewhere = el("div");
  readonly #result = el("div", { class: "result", "aria-live": "polite" });
  readonly #form: HTMLFormElement;
  readonly #turns: Turns;
  #loss: string;

  constructor(
    main: HTMLElement,
    readonly catalogue: readonly Loss[],
    loss: string,
  ) {
    this.#loss = catalogue.find(({ name }) => name === loss)?.name ?? catalogue[0]!.name;
    this.#form = this.#makeForm();
    this.#turns = new Turns((refusal) => showFaults(this.#form, refusal, this.#elsewhere));
    main.append(
      el("h1", {}, "Check my gradient"),
      el(
        "p",
        { class: "lead" },
        "Paste the numbers that your own code prints, as PyTorch or NumPy prints them. You learn what is wrong, where, and which mistake it looks like.",
      ),
      this.#form,
      this.#result,
    );
  }

  #makeForm(): HTMLFormElement {
    const names = this.catalogue.map(({ name }) => name);
    const choose = (name: string) => {
      this.#loss = name;
      writeSettings("check", new URLSearchParams({ loss: name }));
    };
    const part = (name: Field, words: string) =>
      field(name, el("label", { for: this.#fields[name].id }, words), this.#fields[name]);
    const submit = (event: Event) => {
      event.preventDefault();
      this.#check();
    };
    return el(
      "form",
      { class: "batch", submit },
      field("name", el("label", { for: "loss" }, "Loss"), select("loss", names, this.#loss, choose)),
      el("div", { class: "pair" }, part("logits", "logits"), part("labels", "labels")),
      el("h2", {}, "What your code says"),
      el("div", { class: "pair" }, part("loss", "mean loss"), part("losses", "loss of each example")),
      part("gradients", "gradients of the mean loss, by the logits"),
      this.#elsewhere,
      el("button", { type: "submit", class: "primary" }, "Check"),
    );
  }

  #check(): void {
    clearFaults(this.#form);
    this.#result.replaceChildren();
    const [logits, labels] = [this.#read("logits"), this.#read("labels")];
    const claims = (["loss", "losses", "gradients"] as const).flatMap((name) =>
      this.#fields[name].value.trim() === "" ? [] : [[name, this.#read(name)] as const],
    );
    if (this.#form.querySelector('[aria-invalid="true"]')) return;
    const body = { logits, labels, claim: Object.fromEntries(claims) };
    void this.#turns.run(async (signal) => {
      this.#result.replaceChildren(...told(await post<Judgement>(`v1/losses/${this.#loss}/check`, body, signal)));
    });
  }

  /** What a field holds; what cannot be read is said below it. */
  #read(name: Field): unknown {
    const control = this.#fields[name];
    try {
      return readPrinted(control.value);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      control.setAttribute("aria-invalid", "true");
      control.parentElement!.querySelector(".fault")!.textContent = error.message;
      return undefined;
    }
  }
}

function area(id: string, value: string, rows = 2): HTMLTextAreaElement {
  const control = el("textarea", { id, rows, spellcheck: "false" });
  control.value = value;
  return control;
}

const titles = {
  pass: "All right.",
  partial: "Partly right.",
  fail: "Not right yet.",
  format_error: "This cannot be judged.",
};

function told({ verdict, parts, diagnosis }: Judgement): HTMLElement[] {
  const sentences = diagnosis?.candidates?.map(({ student }) => student) ?? [];
  const rows = parts.map(({ output, verdict: one, compared, mismatched, worst }) => {
    const isRight = one === "pass";
    const place =
      worst && !isRight
        ? `${mismatched} of ${compared} are off; most of all ${placeOf(worst.pointer)}: you have ${shown(worst.claimed)}, it is ${shown(worst.reference)}.`
        : "";
    return el(
      "li",
      {},
      el("span", { class: isRight ? "right" : "wrong" }, isRight ? "✓ " : "✗ "),
      el("strong", {}, output),
      ` ${place}`,
    );
  });
  return [
    el("h2", { class: verdict === "pass" ? "right" : "wrong" }, titles[verdict]),
    ...sentences.map((words) => el("p", { class: "slip" }, words)),
    el("ul", { class: "parts" }, ...rows),
  ];
}

/** `/gradients/0/2` as programs write it: gradients[0][2]. */
function placeOf(pointer: string): string {
  const [, name, ...places] = pointer.split("/");
  return name + places.map((place) => `[${place}]`).join("");
}
