// Writes draw_N.jsonl beside it, once, when a way of drawing is new: what it holds never changes. options_N.jsonl are tasks
// with weights, temperatures and other options, drawn by the code that first drew so.
// npm run build && node test/grading/draws/record.mjs 3
import { readFileSync, writeFileSync } from "node:fs";
import { Engine } from "#lossd/engine/engine.js";
import { cases } from "#lossd/grading/requests.js";

const draw = Number(process.argv[2]);
const secret = "00112233445566778899aabbccddeeff";
const file = (number) => new URL(`draw_${number}.jsonl`, import.meta.url);
const engine = Engine.load();
const lines = readFileSync(file(1), "utf8").trimEnd().split("\n");
const recorded = lines.map((line) => {
  const { draw: _, secret: __, ...old } = JSON.parse(line).task;
  const task = { ...old, draw, secret };
  return `${JSON.stringify({ task, cases: cases(engine, { task }).cases })}\n`;
});
writeFileSync(file(draw), recorded.join(""), { flag: "wx" });
