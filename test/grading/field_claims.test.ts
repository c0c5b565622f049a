// Claims from the field, each with the diagnosis that a lecturer would give.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check, grade } from "#lossd/grading/requests.js";
import { findLoss } from "#lossd/losses/registry.js";
import { engine } from "./tasks.js";

interface Claim {
  readonly title: string;
  readonly status: string;
  readonly ids: readonly (readonly string[])[];
  /** A batch with its claim, or a task with a submission. */
  readonly check?: { readonly loss: string; readonly body: object };
  readonly grade?: object;
}

const claims = readFileSync("test/grading/field_claims.jsonl", "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Claim);

test.each(claims)("$title", (claim) => {
  const { diagnosis } = claim.check
    ? check(engine, findLoss(claim.check.loss)!, claim.check.body)
    : grade(engine, claim.grade);
  const named = diagnosis.candidates.map(({ id, also = [] }) => [id, ...also]);
  expect([diagnosis.status, named]).toEqual([claim.status, claim.ids]);
});
