// Writes the OpenAPI documents and the table of docs/operating.md from the build output; with --check it compares them and fails.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { describeConfig, loadConfig } from "../dist/config.js";
import { buildServer } from "../dist/server/server.js";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const documents = ["openapi.json", "openapi-3.0.json"];

/** What the service serves. The documents need routes and no worker: a pool that never starts will do. */
async function openApiTexts() {
  const app = await buildServer(loadConfig({}), new Promise(() => undefined), pino({ level: "silent" }));
  const served = await Promise.all(documents.map((name) => app.inject(`/${name}`)));
  await app.close();
  const texts = served.map((reply) => `${JSON.stringify(reply.json(), undefined, 2)}\n`);
  return Object.fromEntries(documents.map((name, index) => [`openapi/${name}`, texts[index]]));
}

function table(header, rows) {
  const lines = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

const code = (text) => `\`${text}\``;

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
  if (start < 0 || end < start) throw new Error(`docs/operating.md has no ${open} … ${close}`);
  return `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
}

const page = "docs/operating.md";
const generated = {
  ...(await openApiTexts()),
  [page]: replaceBetween(readFileSync(path.join(root, page), "utf8"), "configuration", configurationTable()),
};
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
