import type { Definition, Loss } from "./loss.ts";
import { findPresetFaults } from "./presets.ts";
import { definitions } from "./registry.generated.ts";
import { optionFields } from "./schemas/fields.ts";

/** Every loss under its folder's name, sorted by name. */
export const losses: readonly Loss[] = Object.freeze(
  Object.entries<Definition>(definitions).map(([name, definition]) => Object.freeze({ ...definition, name })),
);

const byName = new Map<string, Loss>();
for (const loss of losses) {
  for (const name of [loss.name, ...(loss.aliases ?? [])]) byName.set(name, loss);
}

/** The loss with this name or alias. */
export function findLoss(nameOrAlias: string): Loss | undefined {
  return byName.get(nameOrAlias);
}

/** What is wrong with a definition: the build stops on any. `exported` holds the names that the engine exports. */
export function findFaults(loss: Loss, exported: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const expect = (holds: unknown, what: string) => {
    if (!holds) faults.push(`loss "${loss.name}": ${what}`);
  };
  expect(loss.kind === "elementwise" || loss.kind === "rowwise", "kind must be elementwise or rowwise");
  expect(loss.family, "family is missing");
  expect(loss.summary, "summary is missing");
  expect(loss.formula?.text && loss.gradient?.text, "formula or gradient is missing");
  expect(loss.examples?.length, "at least one example is needed");
  expect(loss.options?.properties, "options must be a TypeBox object");
  expect(exported.has(loss.name), `kernel.ts must export a function "${loss.name}"`);
  for (const parameter of loss.parameters ?? []) {
    expect(loss.options?.properties[parameter], `parameter "${parameter}" is no option`);
  }
  if (loss.supports?.probabilities) {
    const kernel = `${loss.name}_given_probabilities`;
    expect(exported.has(kernel), `kernel.ts must export a function "${kernel}"`);
  }
  for (const alias of loss.aliases ?? []) {
    expect(findLoss(alias) === loss && !losses.some(({ name }) => name === alias), `alias "${alias}" is taken`);
  }
  for (const fault of loss.options?.properties ? findPresetFaults(loss, optionFields(loss)) : []) expect(false, fault);
  return faults;
}
