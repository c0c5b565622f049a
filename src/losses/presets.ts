import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { type Loss, libraries, type Preset } from "./loss.ts";

const entries = (loss: Loss) =>
  libraries.flatMap((library) => {
    const preset = loss.presets?.[library];
    return preset ? [[library, preset] as const] : [];
  });

/** A library's preset for a loss; undefined without one. */
export function findPreset(loss: Loss, library: unknown): Preset | undefined {
  // The usual case: no library is named.
  if (library === undefined) return undefined;
  return entries(loss).find(([name]) => name === library)?.[1];
}

/**
 * What a library's preset sets for a request; nothing without one. `distributions`: whether the labels are such; `rank`: how
 * many axes the input has.
 */
export function presetOptions(
  loss: Loss,
  library: unknown,
  distributions: boolean,
  rank: number,
): Readonly<Record<string, unknown>> {
  const preset = findPreset(loss, library);
  if (!preset) return {};
  return {
    ...preset.options,
    ...(distributions && preset.distributions),
    ...(rank >= deepRank && preset.deep),
    ...(preset.meanOverFirstAxis && { mean_over: "first_axis" }),
  };
}

/** From how many axes on a preset's `deep` holds. */
const deepRank = 3;

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

function settings({ options, distributions, deep, rankMax, meanOverFirstAxis, note }: Preset): string {
  const list = (values: Preset["options"]) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
      .join(", ");
  const soft = distributions ? `; for distributions ${list(distributions)}` : "";
  const axes = deep ? `; for ${deepRank} axes or more ${list(deep)}` : "";
  const first = meanOverFirstAxis ? ", a mean over the length of the first axis" : "";
  const most = rankMax === undefined ? "" : `; refused for more than ${rankMax} axes`;
  return `${list(options)}${first}${soft}${axes}${most}${note ? `. ${note.replace(/\.$/, "")}` : ""}`;
}

/** What is wrong with a loss's presets: an option that it does not have, or a value that the option does not take. */
export function findPresetFaults(loss: Loss, fields: Record<string, TSchema>): string[] {
  return entries(loss).flatMap(([library, { options, distributions, deep }]) =>
    [options, distributions, deep]
      .flatMap((values) => Object.entries(values ?? {}))
      .filter(([name, value]) => name === "preset" || !fields[name] || !Value.Check(fields[name], value))
      .map(
        ([name, value]) => `preset ${library} sets ${name} to ${JSON.stringify(value)}, which the loss does not take`,
      ),
  );
}
