// Each cell of the presets' tables against what the library itself answered: test/reference/presets/record.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Library } from "#lossd/losses/loss.js";
import { findPresetFaults } from "#lossd/losses/presets.js";
import { findLoss, losses } from "#lossd/losses/registry.js";
import { describe as entryOf } from "#lossd/losses/schemas/catalogue.js";
import { optionFields } from "#lossd/losses/schemas/fields.js";
import { ask, flat, type Numbers, type Reply, type Request } from "../harness/ask.js";

interface Answer {
  readonly loss: string;
  readonly library: Library;
  readonly request: Request;
  readonly expect: Readonly<Record<string, Numbers>>;
}

interface Recorded {
  readonly versions: Readonly<Record<Library, string>>;
  readonly answers: readonly Answer[];
}

const file = new URL("../reference/presets/answers.json", import.meta.url);
const { versions, answers } = JSON.parse(readFileSync(file, "utf8")) as Recorded;

const cells = losses.flatMap(({ name, presets = {} }) =>
  Object.entries(presets).map(([library, preset]) => ({ cell: `${name} ${library}`, name, library, preset })),
);

test("every cell of the tables has answers of its library, and every answer a cell", () => {
  const recorded = new Set(answers.map(({ loss, library }) => `${loss} ${library}`));
  expect([...recorded].sort()).toEqual(cells.map(({ cell }) => cell).sort());
});

/** What a library's own rounding leaves: Keras on its torch backend computes in float32 part of the way. */
const digits: Record<Library, number> = { pytorch: 1e-13, keras: 1e-6, optax: 1e-13 };

function agree(got: Numbers, wanted: Numbers, precision: number): void {
  const [ours, theirs] = [flat(got), flat(wanted)];
  expect(ours.length).toBe(theirs.length);
  ours.forEach((number, i) => {
    const want = theirs[i]!;
    expect(Math.abs(number - want), `${number} for ${want}`).toBeLessThanOrEqual(
      precision * Math.max(Math.abs(want), 0.1),
    );
  });
}

test.each(answers.map((answer, i) => [answer.loss, answer.library, versions[answer.library], i, answer] as const))(
  "%s with the preset %s answers as %s did (%d)",
  (loss, preset, _version, _i, { request, expect: wanted }) => {
    const reply = ask(loss, { ...request, preset });
    for (const [name, value] of Object.entries(wanted))
      agree(reply[name as keyof Reply] as Numbers, value, digits[preset]);
    expect("loss" in reply).toBe("loss" in wanted);
  },
);

test.each(cells)("$cell is shown in the catalogue and in the request's description", ({ name, library, preset }) => {
  const loss = losses.find((one) => one.name === name)!;
  expect(entryOf(loss).presets[library]).toEqual(preset);
  const description = (optionFields(loss)["preset"] as { description?: string }).description!;
  expect(description).toContain(`${library} (${preset.call})`);
  for (const option of Object.keys({ ...preset.options, ...preset.distributions }))
    expect(description).toContain(option);
});

test("an option that the caller gives wins over the preset's", () => {
  const tie = { logits: [1, 3], labels: [1, 1] };
  expect(ask("hinge", { ...tie, preset: "optax" }).gradients).toEqual([-0.5, 0]);
  expect(ask("hinge", { ...tie, preset: "optax", kink: "zero" }).gradients).toEqual([0, 0]);
  expect(ask("hinge", { ...tie, preset: "optax", kink: "full", reduction: "mean" }).gradients).toEqual([-0.5, 0]);
  const weighted = { logits: [1, 2], labels: [0, 0], sample_weights: [3, 1], preset: "pytorch" };
  expect(ask("mse", weighted).denominator).toBe(4);
  expect(ask("mse", { ...weighted, mean_over: "count" }).denominator).toBe(2);
});

test("a preset settles what a mean meets weights would ask for", () => {
  const weighted = { logits: [0.5], labels: [1], sample_weights: [2] };
  expect(() => ask("hinge", weighted)).toThrow("a preset chooses for you");
  for (const { name, library } of cells.filter((cell) => cell.name === "hinge")) {
    expect(ask(name, { ...weighted, preset: library }).losses).toEqual([1]);
  }
});

test("a preset that no library has for the loss is refused, by name", () => {
  expect(() => ask("mse", { logits: 1, labels: 1, preset: "numpy" })).toThrow(
    '/preset: is the string "numpy", but must be "pytorch" or "keras" or "optax"',
  );
  expect(() => ask("mse_sigmoid", { logits: 1, labels: 1, preset: "keras" })).toThrow("/preset: is no field");
});

test.each([
  [{ kinck: "full" }, 'preset keras sets kinck to "full", which the loss does not take'],
  [{ kink: "most" }, 'preset keras sets kink to "most", which the loss does not take'],
  [{ kink: "full" }, undefined],
])("a preset of %j is checked by the build", (options, fault) => {
  const loss = { ...findLoss("hinge")!, presets: { keras: { call: "Hinge", options } } };
  expect(findPresetFaults(loss, optionFields(loss))).toEqual(fault === undefined ? [] : [fault]);
});
