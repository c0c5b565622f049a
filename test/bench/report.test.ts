import { expect, test } from "vitest";
import { readPins } from "../../bench/http/install.mjs";
import { judge } from "../../bench/http/report.mjs";

const result = (name: string, group: string, ...figures: number[]) => ({ name, group, figures });
const row = (measure: string, ...targets: object[]) => ({ title: "a row", measure, targets });

test("more requests a second are faster, and the target is against the fastest of a group", () => {
  const results = [
    result("lossd", "ours", 30, 40, 50),
    result("slow", "Python", 10, 10, 10),
    result("fast", "Python", 20, 20, 20),
  ];
  const [judgement] = judge(row("rate", { group: "Python", atLeast: 2.5 }), { results });
  expect(judgement).toMatchObject({ against: "fastest Python peer: fast", ratio: 2, reached: false });
});

test("fewer milliseconds are faster", () => {
  const results = [result("lossd", "ours", 10), result("slow", "Python", 40), result("fast", "Python", 20)];
  const [judgement] = judge(row("latency", { group: "Python", atLeast: 2 }), { results });
  expect(judgement).toMatchObject({ against: "fastest Python peer: fast", ratio: 2, reached: true });
});

test("a ratio is of what was measured in the same round", () => {
  const results = [result("lossd", "ours", 10, 100, 1000), result("echo", "floor", 20, 200, 2000)];
  expect(judge(row("rate", { entry: "echo", atLeast: 0.5 }), { results })[0]).toMatchObject({ ratio: 0.5 });
});

test("a target against a peer that was left out is no target, and none is reached where ours was", () => {
  const peer = result("fast", "Python", 20);
  expect(judge(row("rate", { entry: "echo", atLeast: 1 }), { results: [peer] })).toEqual([]);
  expect(judge(row("rate", { entry: "echo", atLeast: 1 }), { results: [peer, result("lossd", "ours", 1)] })).toEqual(
    [],
  );
});

test.each([
  ["numpy==2.4.6", "numpy 2.4.6"],
  ["uvicorn[standard]==0.54.0", "uvicorn 0.54.0"],
  ['axum = "=0.8.9"', "axum 0.8.9"],
  ['tokio = { version = "=1.54.1", features = ["net"] }', "tokio 1.54.1"],
])("%s pins a version", (line, pin) => {
  expect(readPins(`# a comment\n${line}\n`)).toEqual([pin]);
});
