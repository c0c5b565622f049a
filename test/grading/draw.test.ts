// Cases that are drawn: old tasks keep theirs, and what is seen of one tells nothing of another.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Engine } from "#lossd/engine/engine.js";
import { cases } from "#lossd/grading/requests.js";
import { SecretRandom } from "#lossd/grading/task/random.js";

const engine = Engine.load();
const drawn = (task: object) => cases(engine, { task }).cases;

interface OldTask {
  readonly task: { readonly loss: string; readonly draw?: number };
  readonly cases: readonly object[];
}
const drawnBefore = (draw: number, tasks = "draw") =>
  readFileSync(`test/grading/draws/${tasks}_${draw}.jsonl`, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as OldTask);

describe("what was drawn stays drawn", () => {
  test.each(drawnBefore(1))(
    "by a task of draw 1 for $task.loss, and by one that names no draw",
    ({ task, cases: known }) => {
      expect(drawn({ ...task, draw: 1 })).toEqual(known);
      // The old draws of a margin were no test: only a task that asks for them gets them.
      const isMargin = ["hinge", "squared_hinge", "soft_margin"].includes(task.loss);
      if (!isMargin) expect(drawn(task)).toEqual(known);
    },
  );

  test.each([...drawnBefore(2), ...drawnBefore(3)])(
    "by a task of draw $task.draw for $task.loss",
    ({ task, cases: known }) => {
      expect(drawn(task)).toEqual(known);
    },
  );
});

// The catalogue that chose these cases knew less: each was drawn by the code of its time.
test.each(
  [...drawnBefore(1, "options"), ...drawnBefore(2, "options")].map(({ task, cases: known }) => {
    const { cases: _cases, ...options } = task as OldTask["task"] & { cases: unknown };
    return [JSON.stringify(options), task, known] as const;
  }),
)("what was drawn for %s stays drawn", (_options, task, known) => {
  expect(drawn({ draw: 1, ...task })).toEqual(known);
});

const secret = "00112233445566778899aabbccddeeff";
const task = (more: object = {}, ids = ["visible", "hidden"]) => ({
  loss: "cross_entropy",
  draw: 2,
  secret,
  cases: ids.map((id) => ({ id, generate: {} })),
  ...more,
});
const logits = (one: object | undefined) => JSON.stringify((one as { logits: unknown }).logits);

test("a secret draws the same cases again, each by its id alone", () => {
  const [visible, hidden] = drawn(task());
  expect(drawn(task({}, ["other", "hidden"]))[1]).toEqual(hidden);
  expect(logits(visible)).not.toBe(logits(hidden));
  const other = drawn(task({ secret: "00112233445566778899aabbccddee00" }));
  expect(logits(other[0])).not.toBe(logits(visible));
});

test("draw 3 draws the same cases again by a secret or a seed, and others than draw 2", () => {
  const third = (ids: string[]) => drawn(task({ draw: 3 }, ids));
  expect(third(["other", "hidden"])[1]).toEqual(third(["visible", "hidden"])[1]);
  expect(logits(third(["visible"])[0])).not.toBe(logits(drawn(task())[0]));
  const seeded = () => drawn({ loss: "mse", draw: 3, cases: [{ id: "a", generate: { seed: 4 } }] });
  expect(seeded()).toEqual(seeded());
});

test("the stream of a secret is HMAC-SHA256 of a counter", () => {
  // printf '%s' 'draw 2, case "a", attempt 0, block 0' | openssl dgst -sha256 -hmac 00112233445566778899aabbccddeeff
  const random = new SecretRandom(secret, 'case "a", attempt 0');
  const words = Array.from({ length: 9 }, () => random.bits().toString(16).padStart(8, "0"));
  expect(words.slice(0, 8).join("")).toBe("d1145d7cdb47023a98608c0b09aa6760bdff35986b9eb6dd563d571a9011c630");
  expect(words[8]).toBe("1c695b26");
});

test.each([
  ["a secret for draw 1", task({ draw: 1 }), "/task/secret", 'is for "draw": 2'],
  ["a short secret", task({ secret: "0123" }), "/task/secret", "pattern"],
  ["a case without a seed or a secret", task({ secret: undefined }), "/task/cases/0/generate", "nothing to draw from"],
  ["a draw that is not there yet", task({ draw: 4 }), "/task/draw", "must be <= 3"],
])("%s is refused by its place", (_what, refused, pointer, words) => {
  const plain = JSON.parse(JSON.stringify(refused)) as object;
  expect(() => drawn(plain)).toThrow(
    expect.objectContaining({
      errors: expect.arrayContaining([expect.objectContaining({ pointer, detail: expect.stringContaining(words) })]),
    }),
  );
});
