// What drawn cases hold: every combination that a loss knows, so that no wrong program passes for want of an example.
import { describe, expect, test } from "vitest";
import { gradeSubmission } from "#lossd/grading/report/report.js";
import { cases } from "#lossd/grading/requests.js";
import { engine, open } from "./tasks.js";

interface Drawn {
  readonly logits: number[];
  readonly labels: number[];
}
const drawn = (task: object) => cases(engine, { task }).cases as unknown as readonly Drawn[];
const seeds = [1, 2, 3, 4, 5, 6];
const sizes = [{}, { rows: 20 }];
const drawings = seeds.flatMap((seed) => sizes.map((size) => ({ seed, ...size })));

/** Which combinations a batch holds. */
const held = ({ logits, labels }: Drawn, kind: (z: number, y: number) => string) =>
  new Set(logits.map((z, i) => kind(z, labels[i]!)));

describe.each(drawings)("of %j", (generate) => {
  test.each(["hinge", "squared_hinge", "soft_margin"])("%s has both labels on every side of its margin", (loss) => {
    const [batch] = drawn({ loss, cases: [{ id: "a", generate }] });
    const side = (z: number, y: number) => `${y} ${y * z > 1 ? "met" : y * z > 0 ? "missed" : "wrong"}`;
    const wanted = ["1 met", "1 missed", "1 wrong", "-1 met", "-1 missed", "-1 wrong"];
    expect([...held(batch!, side)]).toEqual(expect.arrayContaining(wanted));
    expect(batch!.logits).toContain(0);
  });

  test.each(["binary_cross_entropy", "focal", "mse_sigmoid"])("%s has both labels, right and wrong", (loss) => {
    const [batch] = drawn({ loss, draw: 3, cases: [{ id: "a", generate }] });
    const wanted = ["1 true", "1 false", "0 true", "0 false"];
    expect([...held(batch!, (z, y) => `${y} ${z > 0}`)]).toEqual(expect.arrayContaining(wanted));
  });

  test.each(["huber", "smooth_l1", "l1", "mse", "log_cosh"])("%s has errors of both signs, small and large", (loss) => {
    const [batch] = drawn({ loss, draw: 3, cases: [{ id: "a", generate }] });
    const wanted = ["true true", "true false", "false true", "false false"];
    expect([...held(batch!, (z, y) => `${z > y} ${Math.abs(z - y) > 1}`)]).toEqual(expect.arrayContaining(wanted));
  });

  test.each(["kl_divergence", "jensen_shannon"])("%s has targets with zeros", (loss) => {
    const [batch] = drawn({ loss, draw: 3, cases: [{ id: "a", generate }] });
    expect((batch!.labels as unknown as number[][]).flat()).toContain(0);
  });
});

const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
type Gradient = (z: number, y: number) => number;
const right = (z: number, y: number) => Math.max(0, 1 - y * z);
const slope: Gradient = (z, y) => (y * z < 1 ? -y : 0);

test.each<[string, (z: number, y: number) => number, Gradient]>([
  ["negatives are never clamped", (z, y) => (y < 0 ? 1 + z : right(z, y)), (z, y) => (y < 0 ? 1 : slope(z, y))],
  ["the mask forgets the label", right, (z, y) => (z < 1 ? -y : 0)],
  ["negatives have an absolute value", (z, y) => (y < 0 ? Math.abs(1 + z) : right(z, y)), slope],
  ["positives are never clamped", (z, y) => (y > 0 ? 1 - z : right(z, y)), (z, y) => (y > 0 ? -1 : slope(z, y))],
  ["every example has a gradient", right, (_z, y) => -y],
  ["only wrong predictions have a gradient", right, (z, y) => (y * z < 0 ? -y : 0)],
])("a hinge whose %s passes no drawn case", (_what, loss, gradient) => {
  for (const generate of drawings) {
    const task = { loss: "hinge", cases: [{ id: "a", generate }] };
    const { logits, labels } = drawn(task)[0]!;
    const losses = logits.map((z, i) => loss(z, labels[i]!));
    const gradients = logits.map((z, i) => gradient(z, labels[i]!) / logits.length);
    const claim = { case: "a", loss: sum(losses) / logits.length, losses, gradients };
    expect(gradeSubmission(open(task), { claims: [claim] }).verdict).not.toBe("pass");
  }
});

test("rows that the task leaves open are no temperature and no number of classes", () => {
  const [batch] = drawn({
    loss: "kl_divergence",
    draw: 3,
    temperature: 7,
    cases: [{ id: "a", generate: { seed: 1 } }],
  });
  expect(batch!.logits).toHaveLength(11);
});
