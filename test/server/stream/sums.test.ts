// What the lines of a stream add up to: every example counts, and the sum is rounded once, at the end.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exactSum } from "../../harness/exact.js";
import { exchangeLines } from "../../harness/lines_client.js";
import { type Service, startService } from "../../harness/service.js";

let service: Service;

beforeAll(async () => {
  service = await startService({ WORKERS: "2" });
});
afterAll(() => service.stop());

const squared = (logit: number) => JSON.stringify({ logits: [logit], labels: [0] });

const example = fc.record({
  logit: fc.oneof(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.constantFrom(1e8, 1, 1e-9, -700)),
  weight: fc.oneof(fc.constantFrom(0, 1, 3), fc.double({ min: 0, max: 1e9, noNaN: true })),
});
const batches = fc.array(fc.array(example, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 700 });

test("the summary's sums are those of all examples, rounded once", async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (drawn) => {
      const sent = drawn.map((batch) => ({
        logits: batch.map(({ logit }) => logit),
        labels: batch.map(() => 1),
        sample_weights: batch.map(({ weight }) => weight),
      }));
      const query = "?reduction=none&outputs=losses";
      const text = sent.map((line) => JSON.stringify(line)).join("\n");
      // Its losses have both signs: sums cancel.
      const replies = await exchangeLines(service, "poisson_nll", text, { query });
      const summary = replies.pop();
      const infinite = replies.some(({ losses }) => JSON.stringify(losses).includes("Infinity"));
      fc.pre(!infinite);
      expect(summary).toMatchObject({
        lines: sent.length,
        valid_count: drawn.flat().length,
        loss_sum: exactSum(replies.flatMap(({ losses }) => losses as number[])),
        weight_sum: exactSum(drawn.flat().map(({ weight }) => weight)),
      });
    }),
    { numRuns: 15 },
  );
});

test("a sum that single lines would round away is kept", async () => {
  const sent = [1e8, ...Array(600).fill(1), 1e8].map((logit) => squared(logit));
  const summary = (await exchangeLines(service, "mse", sent.join("\n"))).at(-1);
  // One after the other, each 1 would be lost in 1e16.
  expect(summary).toMatchObject({ loss_sum: 20_000_000_000_000_600, weight_sum: 602 });
});

test("an infinite loss makes an infinite sum, and no other line worse", async () => {
  const [infinite, finite, summary] = await exchangeLines(service, "mse", `${squared(1e200)}\n${squared(2)}`);
  expect([infinite?.["loss_sum"], finite?.["loss_sum"], summary?.["loss_sum"]]).toEqual(["Infinity", 4, "Infinity"]);
});
