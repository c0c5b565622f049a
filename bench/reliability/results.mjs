// Every figure of every turn, kept between runs: one check can be measured anew, and the page has the others as they were.
import { readFileSync, writeFileSync } from "node:fs";
import { keepInfinity, readInfinity } from "./turns.mjs";

const file = new URL("../results/reliability.json", import.meta.url);
const page = new URL("../RELIABILITY.md", import.meta.url);

/** By the check's name; none before the first run. */
export function readResults() {
  try {
    return JSON.parse(readFileSync(file, "utf8"), readInfinity);
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

export function writeResults(results, text) {
  writeFileSync(file, `${JSON.stringify(results, keepInfinity, 1)}\n`);
  writeFileSync(page, text);
}
