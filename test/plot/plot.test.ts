import { describe, expect, test } from "vitest";
import { drawPlot, type Plot } from "#lossd/plot/plot.js";
import { type Element, readXml } from "./xml.js";

const plot: Plot = {
  title: "title",
  subtitle: "subtitle",
  xName: "logit z",
  yName: "loss",
  x: [-1, 0, 1],
  series: [
    { name: "one", values: [0, 1, 4] },
    { name: "two", values: [-2, 0, 2] },
  ],
};

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
  expect(words(elements, "name")).toEqual(["logit z", "loss"]);
  expect(words(elements, "legend")).toEqual(["one", "two"]);
  expect(lines(elements).map(({ attributes }) => attributes.get("class"))).toEqual(["line first", "line second"]);
  expect(elements.filter(({ name }) => name === "g").map(({ attributes }) => attributes.get("class"))).toEqual([
    "first",
    "second",
    undefined,
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
  const x = [0, 1, 2, 3, 4];
  const values = [1, 2, Number.POSITIVE_INFINITY, 3, 4];
  const [path] = lines(draw({ x, series: [{ name: "one", values }] }));
  expect(path!.attributes.get("d")!.match(/M/g)).toHaveLength(2);
  for (const value of [Number.NEGATIVE_INFINITY, Number.NaN, 1.7e308]) {
    const gap = draw({ x: [0, 1], series: [{ name: "one", values: [value, value] }] });
    expect(lines(gap)).toEqual([]);
  }
});

test("no word of the caller's is markup", () => {
  const evil = `</text><script>"&'`;
  const elements = draw({
    title: evil,
    subtitle: evil,
    xName: evil,
    yName: evil,
    series: [{ name: evil, values: [1, 2, 3] }],
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
    const elements = draw({ x, series: [{ name: "one", values }] });
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
