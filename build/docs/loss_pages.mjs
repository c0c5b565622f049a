// Generated pages: one a loss with its curve, their list, and what the libraries' presets set.
import { losses as registry } from "../../dist/losses/registry.js";
import { describe } from "../../dist/losses/schemas/catalogue.js";
import { drawCurves } from "../../dist/plot/curves.js";
import { answerAs } from "../../dist/wire/format.js";
import { curve, json } from "../../dist/wire/formats.js";
import { derivations } from "./derivations.mjs";

const code = (text) => `\`${text}\``;
const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");

export function table(header, rows) {
  const lines = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);
  return lines.join("\n");
}

const generated = "<!-- Written by npm run docs. -->";

function answer(format, job) {
  const result = answerAs(format, { elementsMax: 2 ** 20, ...job });
  if (!result.ok) throw new Error(result.problem.detail);
  return Buffer.concat(result.reply).toString();
}

/** The picture of curves as the service draws it. `query` is that of the curve's route. */
export function picture(losses, query = "") {
  const reply = answer(curve, { format: "curve", loss: losses, body: Buffer.from(query) });
  return drawCurves(JSON.parse(reply));
}

function bounds({ enum: words, minimum, exclusiveMinimum, maximum, type, anyOf }) {
  if (words) return words.map((word) => code(JSON.stringify(word))).join(", ");
  if (anyOf) return anyOf.map(bounds).join(", or ");
  if (type === "array") return "a list, one number a class";
  if (type === "boolean") return "true, false";
  const kind = type === "integer" ? "a whole number" : "a number";
  if (exclusiveMinimum !== undefined) return `${kind} above ${exclusiveMinimum}`;
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`;
  return minimum === undefined ? kind : `${kind}, at least ${minimum}`;
}

function optionsOf({ options }) {
  const rows = Object.entries(options).map(([name, schema]) => [
    code(name),
    schema.default === undefined ? "" : code(JSON.stringify(schema.default)),
    bounds(schema),
    schema.description,
  ]);
  if (rows.length === 0) return "None of its own.";
  return table(["option", "default", "what it may be", "meaning"], rows);
}

function librariesOf({ presets }) {
  const rows = Object.entries(presets).map(([library, { call, options, note = "" }]) => [
    library,
    code(call),
    Object.entries(options)
      .map(([name, value]) => code(`${name}: ${JSON.stringify(value)}`))
      .join(", "),
    note,
  ]);
  if (rows.length === 0) return "No library has it under a preset.";
  return table(["preset", "the library's call", "what the preset sets", "what no option says"], rows);
}

function example(name, { summary, request }) {
  const reply = answer(json, { format: "json", loss: name, body: Buffer.from(JSON.stringify(request)) });
  return [
    `${summary}:`,
    "",
    "```sh",
    `echo '${JSON.stringify(request)}' | lossd compute ${name}`,
    "```",
    "",
    "```json",
    reply,
    "```",
  ].join("\n");
}

function lossPage(entry) {
  const { name, aliases, kind, summary, formula, gradient, labels, notes, source, examples, outputs } = entry;
  return `${[
    generated,
    `# ${name}`,
    summary,
    aliases.length > 0 ? `Also called ${aliases.map(code).join(", ")}.` : "It has no other name.",
    `![loss and gradient of ${name}](../pictures/${name}.svg)`,
    `## Formula\n\n$$L = ${formula.latex}$$\n\nAs text: ${code(formula.text)}`,
    `## Gradient\n\n$$\\frac{\\partial L}{\\partial z} = ${gradient.latex}$$\n\nAs text: ${code(gradient.text)}\n\n${derivations[name]}`,
    `## What it takes\n\n${kind === "rowwise" ? "A row of logits an example, one a class" : "One logit an example, in any shape"}. A label is ${labels}.\n\nOutputs: ${outputs.map(code).join(", ")}.`,
    `## Options\n\n${optionsOf(entry)}`,
    `## Conventions and edge cases\n\n${notes.map((note) => `- ${note}`).join("\n") || "None."}`,
    `## Libraries\n\n${librariesOf(entry)}`,
    `## Examples\n\n${examples.map((one) => example(name, one)).join("\n\n")}`,
    `## Source\n\n${source}`,
    "[All losses](README.md) · [What a request may hold](../http-api.md)",
  ].join("\n\n")}\n`;
}

function listPage(entries) {
  const rows = entries.map(({ name, aliases, kind, formula, summary }) => [
    [`[${name}](${name}.md)`, ...aliases.map(code)].join(", "),
    kind,
    code(formula.text),
    summary,
  ]);
  return `${[
    generated,
    "# Losses",
    "An elementwise loss takes one logit an example, a rowwise one a row of them. `lossd losses` and `GET /v1/losses` list the same.",
    table(["loss", "kind", "formula", "what it is"], rows),
    "To see some over each other:",
    "```sh\nlossd curve mse_sigmoid,binary_cross_entropy label=1 > why.svg\nlossd curve focal gamma=0,1,2,5 > focal.svg\n```",
  ].join("\n\n")}\n`;
}

function presetsPage(entries) {
  const sections = entries
    .filter(({ presets }) => Object.keys(presets).length > 0)
    .map((entry) => `## [${entry.name}](losses/${entry.name}.md)\n\n${librariesOf(entry)}`);
  return `${[
    generated,
    "# Presets",
    '`"preset": "pytorch"`, `"keras"` or `"optax"` fills in what a request leaves out, as that library does. An option that the request has wins. pytorch includes torchvision.',
    "A preset sets conventions and nothing else: NaNs, clamps and clips of a library are not reproduced.",
    ...sections,
  ].join("\n\n")}\n`;
}

/** The generated files of docs/ by their paths. */
export function lossPages() {
  const entries = registry.map(describe);
  const without = entries.filter(({ name }) => !derivations[name]).map(({ name }) => name);
  if (without.length > 0) throw new Error(`build/docs/derivations.mjs has nothing for ${without.join(", ")}`);
  return Object.fromEntries([
    ["docs/losses/README.md", listPage(entries)],
    ["docs/presets.md", presetsPage(entries)],
    ...entries.flatMap((entry) => [
      [`docs/losses/${entry.name}.md`, lossPage(entry)],
      [`docs/pictures/${entry.name}.svg`, picture(entry.name)],
    ]),
  ]);
}
