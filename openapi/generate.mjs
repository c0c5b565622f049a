// Writes openapi/openapi.json and the README's tables from the build output; with --check it compares them and fails.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { describeConfig, loadConfig } from "../dist/config.js";
import { losses } from "../dist/losses/registry.js";
import { buildServer } from "../dist/server/server.js";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The document needs routes and no worker: a pool that never starts will do. */
async function openApiText() {
  const app = await buildServer(loadConfig({}), new Promise(() => undefined), pino({ level: "silent" }));
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), undefined, 2)}\n`;
  await app.close();
  return text;
}

function table(header, rows) {
  const lines = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

const code = (text) => `\`${text}\``;

function lossesTable() {
  const rows = losses.map(({ name, aliases, kind, formula, summary }) => {
    const names = [name, ...aliases].map(code).join(", ");
    return [names, kind, code(formula.text).replaceAll("|", "\\|"), summary.replaceAll("|", "\\|")];
  });
  return table(["loss", "kind", "formula", "what it is"], rows);
}

function configurationTable() {
  const rows = describeConfig(loadConfig({})).map((variable) => [
    code(variable.name),
    variable.default,
    variable.bound,
    variable.description,
  ]);
  return table(["variable", "default", "bound", "meaning"], rows);
}

/** The text with what stands between `<!-- name -->` and `<!-- /name -->` replaced. */
function replaceBetween(text, name, content) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`README.md has no ${open} … ${close}`);
  return `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
}

function readmeText() {
  const text = readFileSync(path.join(root, "README.md"), "utf8");
  return replaceBetween(replaceBetween(text, "losses", lossesTable()), "configuration", configurationTable());
}

const generated = { "openapi/openapi.json": await openApiText(), "README.md": readmeText() };
for (const [name, text] of Object.entries(generated)) {
  const file = path.join(root, name);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  if (process.argv.includes("--check")) {
    console.error(`${name} is not what the code says: run \`npm run openapi\``);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`wrote ${name}`);
  }
}
