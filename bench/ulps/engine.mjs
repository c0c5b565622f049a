// The engine for accuracy.py: `--list` prints the registry; else a file of requests is answered, one JSON text a line.
import { readFileSync, writeFileSync } from "node:fs";
import { losses } from "../../dist/losses/registry.js";
import { answer } from "../../dist/service/formats.js";
import { version } from "../../dist/version.js";

/** What the inputs are drawn from: kind and domain of the labels, at the options' defaults; and what it can be asked. */
function list() {
  const entries = losses.map(({ name, kind, labels, options, supports }) => ({
    name,
    kind,
    options: Object.keys(options.properties),
    probabilities: supports.probabilities,
    domain: typeof labels === "function" ? labels({}) : labels,
  }));
  return JSON.stringify({ version, node: process.version, losses: entries });
}

/** Losses and gradients of one request; an Error with the problem if it is refused. */
function reply({ loss, request }) {
  const body = new TextEncoder().encode(request);
  const result = answer({ format: "json", loss, body, elementsMax: 1e8 });
  if (!result.ok) throw new Error(`${loss} refused: ${JSON.stringify(result.problem)}`);
  return Buffer.concat(result.reply).toString();
}

const [from, to] = process.argv.slice(2);
if (from === "--list") console.log(list());
else
  writeFileSync(
    to,
    readFileSync(from, "utf8")
      .trim()
      .split("\n")
      .map((line) => reply(JSON.parse(line)))
      .join("\n"),
  );
