// Writes the generated pages of docs/; with --check it compares them, and tries what all pages say. With --pictures it also
// takes those of the running pages, by Chromium.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commandFaults, linkFaults } from "./docs/check.mjs";
import { commandPage } from "./docs/command_page.mjs";
import { lossPages, picture } from "./docs/loss_pages.mjs";

const isCheck = process.argv.includes("--check");
const faults = [];

const generated = {
  ...lossPages(),
  "docs/command-line.md": commandPage(),
  "docs/pictures/why-not-mse.svg": picture("binary_cross_entropy,mse_sigmoid", "label=1"),
  "docs/pictures/focal-gamma.svg": picture("focal", "gamma=0,1,2,5"),
  "docs/pictures/hinge-and-cross-entropy.svg": picture("hinge,binary_cross_entropy", "label=1"),
};
for (const [file, text] of Object.entries(generated)) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  if (isCheck) faults.push(`${file} is not what the code says: run \`npm run docs\``);
  else {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${file}`);
  }
}

if (isCheck) {
  const pages = readdirSync("docs", { recursive: true })
    .filter((name) => name.endsWith(".md") && !name.startsWith("decisions"))
    .map((name) => path.join("docs", name));
  const all = ["README.md", ...pages.sort()];
  faults.push(...linkFaults([...all, "CONTRIBUTING.md", "examples/README.md", "examples/course/README.md"]));
  faults.push(...(await commandFaults(all)));
  console.log(`${all.length} pages: ${faults.length === 0 ? "links, commands and examples hold" : "see below"}`);
}
if (process.argv.includes("--pictures")) {
  const { takePictures } = await import("./docs/pictures.mjs");
  faults.push(...(await takePictures(isCheck)));
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
