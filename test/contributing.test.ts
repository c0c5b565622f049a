// What CONTRIBUTING.md and the decisions tell a newcomer to run, read or edit is there.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const contributing = readFileSync("CONTRIBUTING.md", "utf8");
const decisions = readdirSync("docs/decisions").map((name) => `docs/decisions/${name}`);
const pages = ["CONTRIBUTING.md", ...decisions].map((file) => [file, readFileSync(file, "utf8")] as const);

describe("CONTRIBUTING", () => {
  test("names every command of package.json, and none that is not there", () => {
    const named = [...contributing.matchAll(/npm (?:run (?:--silent )?)?([a-z:]+)/g)].map((match) => match[1]!);
    const known = new Set(named.filter((name) => name !== "ci"));
    expect([...known].sort()).toEqual(
      Object.keys(scripts)
        .filter((name) => name !== "prepack")
        .sort(),
    );
  });

  test("names the folders of every room that has some", () => {
    for (const room of readdirSync("src", { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      if (room.name === "losses") continue;
      const row = contributing.split("\n").find((line) => line.startsWith(`| \`src/${room.name}\` |`));
      for (const folder of readdirSync(`src/${room.name}`, { withFileTypes: true })) {
        if (folder.isDirectory()) expect(row).toContain(`\`${folder.name}/\``);
      }
    }
  });

  test("links to every page of decisions", () => {
    const linked = [...contributing.matchAll(/\]\((docs\/decisions\/[^)]+)\)/g)].map((match) => match[1]!);
    expect(linked.sort()).toEqual(decisions.sort());
  });
});

test.each(pages)("%s names only files and folders that are there", (_file, text) => {
  const named = [...text.matchAll(/`((?:src|test|bench|build|docs|openapi|examples|docker|\.ci)\/[\w./-]*)`/g)];
  expect(named.map((match) => match[1]!).filter((file) => !existsSync(file))).toEqual([]);
});

test("npm run test:loss runs files that are there", () => {
  const named = [...readFileSync("test/one_loss.mjs", "utf8").matchAll(/"(test\/.*)"/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});
