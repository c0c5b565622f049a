import { writeSettings } from "../address.ts";
import { asCurl, asPython, asTypeScript, type Call } from "../data/code.ts";
import { type Batch, readNpy, readText, type Tensor } from "../data/files.ts";
import { Unreadable } from "../data/printed.ts";
import { el } from "../elements.ts";
import { clearFaults, field, showFaults } from "../faults.ts";
import { select } from "../options.ts";
import { hasKey } from "../service/key.ts";
import { compute, type Loss, type Reply, readCatalogue } from "../service/losses.ts";
import { Turns } from "../service/turns.ts";
import type { View } from "../view.ts";
import { showReply } from "./compute/result.ts";

const example = `logit_0,logit_1,logit_2,label
2.0,1.0,0.1,1
0.5,2.5,-1.0,1
3.1,0.2,0.4,0
-0.3,0.1,1.2,2
1.4,1.3,1.2,0
`;

export const computeView: View = {
  title: "Compute",
  async show(main, settings) {
    await new Turns().run(async () => {
      new Computation(main, await readCatalogue(), settings.get("loss") ?? "cross_entropy");
      if (settings.get("run") === "1") main.querySelector("form")!.requestSubmit();
    });
  },
};

class Computation {
  readonly #text = el("textarea", { id: "batch", rows: 9, spellcheck: "false" });
  readonly #elsewhere = el("div");
  readonly #files = el("p", { class: "note", "aria-live": "polite" });
  readonly #result = el("div", { class: "result", "aria-live": "polite" });
  readonly #form: HTMLFormElement;
  readonly #turns: Turns;
  #loss: string;
  /** Arrays that came as files, whose bytes nobody wants to see. */
  #tensors: Record<string, Tensor> = {};

  constructor(
    main: HTMLElement,
    readonly catalogue: readonly Loss[],
    loss: string,
  ) {
    this.#loss = catalogue.find(({ name }) => name === loss)?.name ?? catalogue[0]!.name;
    this.#text.value = example;
    this.#form = this.#makeForm();
    this.#turns = new Turns((refusal) => showFaults(this.#form, refusal, this.#elsewhere));
    main.append(
      el("h1", {}, "Compute your own"),
      el(
        "p",
        { class: "lead" },
        "Paste a table, or JSON with any option of the loss. Or drop files: .csv, .json, or logits.npy with labels.npy.",
      ),
      this.#form,
      this.#result,
    );
  }

  #makeForm(): HTMLFormElement {
    const names = this.catalogue.map(({ name }) => name);
    const choose = (name: string) => {
      this.#loss = name;
      writeSettings("compute", new URLSearchParams({ loss: name }));
    };
    const input = el("input", { type: "file", id: "files", multiple: true, accept: ".csv,.json,.npy,.txt" });
    input.addEventListener("change", () => void this.#take(input.files));
    const form = el(
      "form",
      {
        class: "batch",
        submit: (event) => {
          event.preventDefault();
          this.#compute();
        },
      },
      field("name", el("label", { for: "loss" }, "Loss"), select("loss", names, this.#loss, choose)),
      field("logits", el("label", { for: "batch" }, "Batch"), this.#text),
      field("labels"),
      el("div", { class: "controls" }, el("label", { for: "files" }, "or files"), input),
      this.#files,
      this.#elsewhere,
      el("button", { type: "submit", class: "primary" }, "Compute"),
    );
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.#take(event.dataTransfer?.files ?? null);
    });
    return form;
  }

  async #take(files: FileList | null): Promise<void> {
    for (const file of files ?? []) {
      if (!file.name.endsWith(".npy")) {
        this.#tensors = {};
        this.#text.value = await file.text();
        this.#files.textContent = `${file.name} is in the field above.`;
        continue;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      await this.#try(async () => {
        const name = /label|target|^y\b/i.test(file.name) ? "labels" : "logits";
        this.#tensors = { ...this.#tensors, [name]: readNpy(bytes) };
        const given = Object.entries(this.#tensors).map(([of, tensor]) => `${of} ${shapeOf(tensor)}`);
        this.#files.textContent = `From files, in place of the field above: ${given.join(", ")}.`;
      });
    }
  }

  async #try(read: () => Promise<void>): Promise<void> {
    clearFaults(this.#form);
    try {
      await read();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#elsewhere.append(el("p", { class: "fault" }, error.message));
    }
  }

  #compute(): void {
    void this.#try(async () => {
      const loss = this.catalogue.find(({ name }) => name === this.#loss)!;
      const given: Batch = Object.keys(this.#tensors).length > 0 ? this.#tensors : readText(this.#text.value);
      const wanted = ["losses", "gradients", "probabilities", "accuracy"].filter((name) => loss.outputs.includes(name));
      const body = { ...given, outputs: given["outputs"] ?? wanted };
      await this.#turns.run(async (signal) => {
        const reply: Reply = await compute(loss.name, body, signal);
        this.#result.replaceChildren(
          ...showReply(reply, given),
          ...programs({ url: urlOf(loss.name), body, keyed: hasKey() }),
        );
      });
    });
  }
}

const shapeOf = (tensor: Tensor) => (tensor as { shape: number[] }).shape.join(" × ");

const urlOf = (loss: string) => new URL(`v1/losses/${loss}`, location.href.split("#")[0]).href;

/** The same request as programs, to be copied. */
function programs(call: Call): HTMLElement[] {
  const told = el("span", { role: "status" });
  const texts = { curl: asCurl(call), Python: asPython(call), TypeScript: asTypeScript(call) };
  const buttons = Object.entries(texts).map(([name, text]) => {
    const copy = async () => {
      await navigator.clipboard.writeText(text);
      told.textContent = `${name} copied.`;
    };
    return el("button", { type: "button", click: () => void copy() }, `Copy as ${name}`);
  });
  const shown = el(
    "details",
    {},
    el("summary", {}, "See the programs"),
    ...Object.values(texts).map((text) => el("pre", { tabindex: 0 }, text)),
  );
  return [el("h2", {}, "The same as a program"), el("div", { class: "controls" }, ...buttons, told), shown];
}
