// The rules of the repository that a machine can hold.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { formatKernels, kernelFiles } from "../build/format_kernels.mjs";

const read = (file: string) => readFileSync(file, "utf8");

function filesUnder(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name) && !/generated/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const sources = filesUnder("src", /\.ts$/);

/** Which rooms of src/ a room may import from: the table of CONTRIBUTING.md. */
const mayImport: Record<string, string[]> = Object.fromEntries(
  [...read("CONTRIBUTING.md").matchAll(/^\| `src\/([\w.]+)` \|.*\|([^|]*)\|$/gm)].map(([, name, rooms]) => [
    name!,
    rooms!.split(",").flatMap((one) => one.trim() || []),
  ]),
);

const room = (file: string) => path.relative("src", file).split(path.sep)[0]!;

function importsOf(file: string): string[] {
  return [...read(file).matchAll(/^(?:import|export)[^;]*?from "(\.[^"]+)"|^import "(\.[^"]+)"/gm)].map((match) =>
    path.join(path.dirname(file), match[1] ?? match[2]!),
  );
}

/** What a file imports when it is needed, or starts as a thread. */
function loadedLater(file: string): string[] {
  return [...read(file).matchAll(/\bimport\("(\.[^"]+)"\)/g)].map((match) => path.join(path.dirname(file), match[1]!));
}

const importsByFile = new Map(sources.map((file) => [file, importsOf(file).concat(loadedLater(file))]));

test.each(sources)("%s imports downwards only", (file) => {
  const allowed = mayImport[room(file)];
  expect(allowed, `${room(file)} is not in CONTRIBUTING's table of rooms`).toBeDefined();
  for (const imported of importsByFile.get(file)!) expect([room(file), ...allowed!]).toContain(room(imported));
});

test("every room of CONTRIBUTING's table is there, and every import that it allows is made", () => {
  expect(Object.keys(mayImport).sort()).toEqual(readdirSync("src").sort());
  const made = new Set(
    sources.flatMap((file) => importsByFile.get(file)!.map((other) => `${room(file)} → ${room(other)}`)),
  );
  const allowed = Object.entries(mayImport).flatMap(([from, rooms]) => rooms.map((to) => `${from} → ${to}`));
  expect(allowed.filter((arrow) => !made.has(arrow))).toEqual([]);
});

/** What runs by itself: the build, Node or the executable starts it. */
const entries = [
  "src/cli/main.ts",
  "src/index.ts",
  "src/service/worker.ts",
  "src/server/http_thread.ts",
  "src/page/main.ts",
  "src/engine/webassembly.d.ts",
];

test("each file of src is imported by another, or runs by itself", () => {
  const imported = new Set([...importsByFile.values()].flat());
  // The build finds what lies in a folder of a loss, and what the kernels there and its own list name.
  const orphans = sources.filter(
    (file) =>
      !imported.has(file) && !entries.includes(file) && !/^src\/kernels\/|\/(kernel\w*|definition)\.ts$/.test(file),
  );
  expect(orphans.join("\n")).toBe("");
});

test("no file imports itself by way of others", () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(" → "));
    if (way.includes(file) || done.has(file)) return;
    for (const next of importsByFile.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  expect(circles.join("\n")).toBe("");
});

test("no room imports itself by way of others", () => {
  const visit = (name: string, way: readonly string[]): string[] =>
    way.includes(name)
      ? [[...way, name].join(" → ")]
      : (mayImport[name] ?? []).flatMap((next) => visit(next, [...way, name]));
  expect(Object.keys(mayImport).flatMap((name) => visit(name, []))).toEqual([]);
});

test("no folder of src holds more than 16 files, lists aside", () => {
  const folders = new Map<string, number>();
  for (const file of sources) folders.set(path.dirname(file), (folders.get(path.dirname(file)) ?? 0) + 1);
  expect([...folders].filter(([, count]) => count > 16)).toEqual([]);
});

test("only the kernels of losses and the kernels themselves are AssemblyScript, and only they import each other", () => {
  const typescript = sources.filter((file) => !file.startsWith("src/kernels/") && !/\/kernel\w*\.ts$/.test(file));
  for (const file of typescript) {
    const kernels = importsOf(file).filter((imported) => imported.startsWith("src/kernels/"));
    for (const imported of kernels) expect(["src/kernels/batch.ts", "src/kernels/text/layout.ts"]).toContain(imported);
  }
});

const code = [
  ...sources,
  ...filesUnder("test", /\.(ts|mjs|py)$/),
  ...filesUnder("bench", /\.(mjs|py)$/),
  ...filesUnder("build", /\.mjs$/),
  ...filesUnder("examples", /\.(go|java|py|rs|sh|ts)$/),
];

test.each(code)("%s has at most 250 lines", (file) => {
  expect(read(file).trimEnd().split("\n").length).toBeLessThanOrEqual(250);
});

test("AssemblyScript is formatted as Biome formats TypeScript", () => {
  const files = kernelFiles();
  expect(files.length).toBeGreaterThan(50);
  const wrong = [...formatKernels(files)].filter(([file, text]) => read(file) !== text);
  expect(wrong.map(([file]) => file)).toEqual([]);
});

test.each(kernelFiles())("%s has lines of at most 120 characters and functions of at most 60 lines", (file) => {
  const text = read(file);
  expect(text.split("\n").filter((line) => [...line].length > 120)).toEqual([]);
  const functions = text.matchAll(/^( *)(?:export )?(?:function |\w+[<(])[^;]*?\{\n[\s\S]*?^\1\}/gm);
  for (const [body] of functions) expect(body.split("\n").length, body.split("\n")[0]).toBeLessThanOrEqual(60);
});

test("no folder or file is named after nothing", () => {
  const named = [...code].flatMap((file) => file.split(path.sep));
  for (const word of ["utils", "helpers", "common", "misc"]) {
    expect(named.filter((part) => part.replace(/\..*$/, "") === word)).toEqual([]);
  }
});

test("the environment is read in one place", () => {
  const readers = sources.filter((file) => read(file).includes("process.env"));
  expect(readers.every((file) => file.startsWith("src/cli/") || file === "src/config.ts")).toBe(true);
});

test("JavaScript's Math is on no way to an answer", () => {
  const inAnswers = sources.filter((file) => /^src\/(engine|json|request|wire)\//.test(file));
  const transcendental = /Math\.(exp|log|log1p|expm1|pow|tanh|sinh|cosh|sqrt|hypot)\b|\*\*/;
  expect(inAnswers.filter((file) => transcendental.test(read(file).replace(/\/\*\*|\*\*\//g, "")))).toEqual([]);
});

test("nothing names a machine's path or a registry's host", () => {
  const scripts = [".ci/run", "docker/check.sh", ...filesUnder("test", /\.sh$/)];
  const texts = [
    ...code,
    ...scripts,
    "README.md",
    "CONTRIBUTING.md",
    ...filesUnder("docs", /\.md$/),
    "package.json",
    "Dockerfile",
  ];
  for (const file of texts.filter((name) => !name.endsWith("architecture.test.ts"))) {
    expect(read(file), file).not.toMatch(/(^|[\s"'`=(])\/(work|home)\/|registry\.npmjs|pypi\.org|\.\.\/shared/);
  }
});
