import { describe, expect, test } from "vitest";
import { drawPlot, type Line, type Plot, plain } from "#lossd/plot/plot.js";
import { type Element, readXml } from "./xml.js";

const points = (x: readonly number[], y: readonly number[]) => x.map((at, i) => [at, y[i]!] as const);
const x = [-1, 0, 1];
const plot: Plot = {
  title: "title",
  subtitle: "subtitle",
  xName: "logit z",
  legend: ["one", "two"],
  panels: [
    {
      name: "loss",
      share: 1,
      lines: [
        { points: points(x, [0, 1, 4]), colour: 0 },
        { points: points(x, [-2, 0, 2]), colour: 1 },
      ],
    },
  ],
};
/** A plot of one panel with one line. */
const drawLine = (x: readonly number[], y: readonly number[], more: Partial<Line> = {}) =>
  draw({ legend: [], panels: [{ name: "loss", share: 1, lines: [{ points: points(x, y), colour: 0, ...more }] }] });

const draw = (changes: Partial<Plot> = {}) => readXml(drawPlot({ ...plot, ...changes }));
const of = (elements: Element[], kind: string) =>
  elements.filter(({ attributes }) => attributes.get("class")?.split(" ").includes(kind));
const words = (elements: Element[], kind: string) => of(elements, kind).map(({ text }) => text);
const lines = (elements: Element[]) => elements.filter(({ name }) => name === "path");

test("a picture has its title, the names of both axes, and a legend in the lines' colours", () => {
  const elements = draw();
  expect(elements.find(({ name }) => name === "title")?.text).toBe("title");
  expect(words(elements, "title")).toEqual(["title"]);
  expect(words(elements, "subtitle")).toEqual(["subtitle"]);
  expect(words(elements, "name")).toEqual(["loss", "logit z"]);
  expect(words(elements, "legend")).toEqual(["one", "two"]);
  expect(lines(elements).map(({ attributes }) => attributes.get("class"))).toEqual(["line first", "line second"]);
  expect(elements.filter(({ name }) => name === "g").map(({ attributes }) => attributes.get("class"))).toEqual([
    "first",
    "second",
    undefined,
  ]);
});

test("points stand where the ticks of their numbers stand", () => {
  const elements = draw();
  const place = (kind: string, axis: string, word: string) =>
    Number(
      of(elements, kind)
        .find(({ text }) => text === word)
        ?.attributes.get(axis),
    );
  const [, x, y] = /L([\d.]+),([\d.]+)$/.exec(lines(elements)[0]!.attributes.get("d")!)!.map(Number);
  // A number's word stands 4 below its line, so that its middle is at it.
  expect([x, y! + 4]).toEqual([place("x", "x", "1"), place("y", "y", "4")]);
});

test("what cannot be drawn is a gap: infinities, and numbers that no axis can span", () => {
  const [path] = lines(drawLine([0, 1, 2, 3, 4], [1, 2, Number.POSITIVE_INFINITY, 3, 4]));
  expect(path!.attributes.get("d")!.match(/M/g)).toHaveLength(2);
  for (const value of [Number.NEGATIVE_INFINITY, Number.NaN, 1.7e308]) {
    expect(lines(drawLine([0, 1], [value, value]))).toEqual([]);
  }
});

test("no word of the caller's is markup", () => {
  const evil = `</text><script>"&'`;
  const elements = draw({
    title: evil,
    subtitle: evil,
    xName: evil,
    legend: [evil, evil],
    panels: [{ ...plot.panels[0]!, name: evil, remark: evil }],
  });
  expect(elements.map(({ name }) => name)).not.toContain("script");
  expect(words(elements, "title")).toEqual(["&lt;/text&gt;&lt;script&gt;&quot;&amp;&#39;"]);
});

test("a long subtitle is cut in the picture and whole in its description", () => {
  const subtitle = "0123456789".repeat(30);
  const elements = draw({ subtitle });
  expect(words(elements, "subtitle")[0]).toMatch(/^.{99}…$/);
  expect(elements.find(({ name }) => name === "desc")?.text).toBe(subtitle);
});

describe("every number in a picture is finite", () => {
  test.each([
    ["constants", [-1, 1], [3, 3]],
    ["zeros", [-1, 1], [0, 0]],
    ["the greatest that is drawn", [-1e300, 1e300], [-1e300, 1e300]],
    ["the least there is", [0, 5e-324], [0, 5e-324]],
    ["neighbours", [1, 1 + 2 ** -52], [1, 1 + 2 ** -52]],
    ["one point", [2, 2], [1, 1]],
  ])("of %s", (_what, x, values) => {
    const elements = drawLine(x, values);
    const shown = elements.flatMap(({ attributes }) => [...attributes.values()]).join(" ");
    expect(shown).not.toMatch(/NaN|Infinity|undefined/);
    expect(of(elements, "tick").length).toBeLessThan(40);
  });
});

test("the colours follow the reader's scheme, and a line is told by its dashes too", () => {
  const style = draw().find(({ name }) => name === "style")!.text;
  expect(style).toContain("@media(prefers-color-scheme:dark){.paper{");
  expect(style).toMatch(/\.second[^}]*\{stroke-dasharray/);
});

test("panels lie below each other, each with a y axis of its own and all over one x axis", () => {
  const lower = { name: "gradient", share: 1, lines: [{ points: points(x, [-300, 0, 300]), colour: 0 }] };
  const elements = draw({ panels: [plot.panels[0]!, lower] });
  const [upperBottom, lowerTop] = ["−2", "200"].map((word) =>
    Number(
      of(elements, "y")
        .find(({ text }) => text === word)
        ?.attributes.get("y"),
    ),
  );
  expect(upperBottom).toBeLessThan(lowerTop!);
  expect(words(elements, "name")).toEqual(["loss", "gradient", "logit z"]);
  expect(words(elements, "x").filter((word) => word === "1")).toHaveLength(1);
});

test.each([
  [50, "50"],
  [-400, "−400"],
  [0.05, "0.05"],
  [0.1 + 0.2, "0.3"],
  [999999, "999999"],
  [5e9, "5e9"],
  [-2.5e-7, "−2.5e−7"],
  [1e300, "1e300"],
  [0, "0"],
])("a tick at %d is written %s", (value, words) => {
  expect(plain(value)).toBe(words);
});

test("a mark is a dot at its point, or an arrow beyond the end of its line", () => {
  const marks = (where: NonNullable<Line["mark"]>) => of(drawLine(x, [0, 1, 4], { mark: where }), "mark");
  const [dot] = marks([0, 1]);
  expect([dot!.name, dot!.attributes.get("cx")]).toEqual(["circle", "378"]);
  const xOf = (side: "left" | "right") => /L([\d.]+)/.exec(marks(side)[0]!.attributes.get("d")!)![1];
  expect([xOf("left"), xOf("right")].map(Number)).toEqual([64, 692]);
  expect(of(drawLine(x, [0, 1, Number.POSITIVE_INFINITY], { mark: "right" }), "mark")).toEqual([]);
});

test("eight lines have eight names, colours and dashes", () => {
  const eight = Array.from({ length: 8 }, (_, i) => i);
  const elements = draw({
    legend: eight.map((i) => `gamma ${i}`),
    panels: [{ name: "loss", share: 1, lines: eight.map((i) => ({ points: points(x, [i, i, i + 1]), colour: i })) }],
  });
  const style = elements.find(({ name }) => name === "style")!.text;
  const classes = lines(elements).map(({ attributes }) => attributes.get("class")!.split(" ")[1]!);
  for (const pattern of ["stroke:([^}]*)", "stroke-dasharray:([^}]*)"]) {
    const own = classes.slice(1).map((name) => new RegExp(`\\.${name}(?: \\.line)?\\{${pattern}`).exec(style)?.[1]);
    expect(new Set(own).size, pattern).toBe(7);
  }
  expect(words(elements, "legend")).toHaveLength(8);
});
