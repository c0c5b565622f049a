// docs/abi.md is a promise to programs in other languages: it names what the code and the module have, and no more.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as layout from "#lossd/kernels/batch.js";
import { losses } from "#lossd/losses/registry.js";
import { GuardedMemory } from "./fuzz/guarded_memory.js";

const page = readFileSync("docs/abi.md", "utf8");
const engine = new URL("../dist/engine.wasm", import.meta.url);

/** The names and numbers of a page or a program that are a batch's. */
function fieldsIn(text: string, pattern: RegExp): Record<string, number> {
  return Object.fromEntries([...text.matchAll(pattern)].map(([, name, offset]) => [name!, Number(offset)]));
}

test("the page has every field of a batch at its offset, and no other", () => {
  const sizes = fieldsIn(page, /`([A-Z0-9_]+)` = (\d+)[,.]/g);
  expect({ ...fieldsIn(page, /^\| `([A-Z0-9_]+)` \| (\d+) \|/gm), ...sizes }).toEqual({ ...layout });
});

test("the page has every function of the module, and no other", () => {
  const cells = [...page.matchAll(/^\| (`[a-z0-9_<>]+\(.*?) \|/gm)].map(([, cell]) => cell!);
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([a-z0-9_<>]+)\(/g)].map(([, name]) => name!));
  // The longest name first: mse_sigmoid is no function of mse.
  const names = losses.map(({ name }) => name).sort((a, b) => b.length - a.length);
  const general = (name: string) => {
    const loss = names.find((candidate) => `${name}_`.startsWith(`${candidate}_`));
    return loss ? name.replace(loss, "<loss>") : name;
  };
  const exported = [...new GuardedMemory(engine).calls.keys()].map(general);
  expect(new Set(exported)).toEqual(new Set(named));
});

test("the Go example has the offsets of the code", () => {
  const constants = fieldsIn(readFileSync("examples/wasm-go/main.go", "utf8"), /^\t([a-z]+) += (\d+)$/gm);
  expect(Object.keys(constants)).toHaveLength(9);
  const offsets = Object.entries<number>(layout).map(([name, offset]) => [name.toLowerCase(), offset]);
  expect(Object.fromEntries(offsets)).toMatchObject(constants);
});
