import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { type Loss, libraries, type Preset } from "./loss.ts";

const entries = (loss: Loss) =>
  libraries.flatMap((library) => {
    const preset = loss.presets?.[library];
    return preset ? [[library, preset] as const] : [];
  });

/** What a library's preset sets for a request; nothing without one. `distributions`: whether the labels are such. */
export function presetOptions(loss: Loss, library: unknown, distributions: boolean): Readonly<Record<string, unknown>> {
  if (library === undefined) return {};
  const preset = entries(loss).find(([name]) => name === library)?.[1];
  return { ...preset?.options, ...(distributions && preset?.distributions) };
}

/** The field `preset` of a request, its description being the table; no field where no library has the loss. */
export function presetField(loss: Loss): { preset?: TSchema } {
  const table = entries(loss);
  if (table.length === 0) return {};
  const rows = table.map(([library, preset]) => `${library} (${preset.call}): ${settings(preset)}.`);
  const description = `Fills in what the request leaves out with a library's choices. ${rows.join(" ")} The library's NaNs, clamps and clips are not reproduced.`;
  return {
    preset: Type.Enum(
      table.map(([library]) => library),
      { description },
    ),
  };
}

function settings({ options, distributions, note }: Preset): string {
  const list = (values: Preset["options"]) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
      .join(", ");
  const soft = distributions ? `; for distributions ${list(distributions)}` : "";
  return `${list(options)}${soft}${note ? `. ${note.replace(/\.$/, "")}` : ""}`;
}

/** What is wrong with a loss's presets: an option that it does not have, or a value that the option does not take. */
export function findPresetFaults(loss: Loss, fields: Record<string, TSchema>): string[] {
  return entries(loss).flatMap(([library, { options, distributions = {} }]) =>
    [...Object.entries(options), ...Object.entries(distributions)]
      .filter(([name, value]) => name === "preset" || !fields[name] || !Value.Check(fields[name], value))
      .map(
        ([name, value]) => `preset ${library} sets ${name} to ${JSON.stringify(value)}, which the loss does not take`,
      ),
  );
}
