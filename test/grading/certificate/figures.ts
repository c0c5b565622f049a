// Holds the certificate to its law over the tasks on stdin, after a build:
// python test/grading/certificate/make.py 2000 1000 | node test/grading/certificate/figures.ts
import { createInterface } from "node:readline";
import { holdLine, type Line, type Outcome } from "./law.ts";

const outcome: Outcome = { claims: 0, listed: 0, exceptions: [] };
let tasks = 0;
for await (const line of createInterface({ input: process.stdin })) {
  holdLine(JSON.parse(line) as Line, outcome);
  tasks++;
}
const { claims, listed, exceptions } = outcome;
for (const one of exceptions.slice(0, 20)) process.stdout.write(`${one}\n`);
process.stdout.write(`${tasks} tasks, ${claims} claims, ${listed} listed, ${exceptions.length} exceptions\n`);
process.exitCode = exceptions.length === 0 ? 0 : 1;
