// What holds for the divergences of a student from a target, and between them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { losses } from "#lossd/losses/registry.js";
import { distribution, gentleLogit, logit } from "../harness/arbitraries.js";
import { ask, askText, flat, type Request } from "../harness/ask.js";
import { ulps } from "../harness/ulp.js";

const divergences = losses.filter((loss) => loss.labels === "distribution").map(({ name }) => name);

const row = (z: fc.Arbitrary<number>, classes = 4) => fc.array(z, { minLength: classes, maxLength: classes });
const rows = (z: fc.Arbitrary<number>) => fc.tuple(row(z), row(z));
const temperature = fc.constantFrom(0.5, 1, 2, 3.7);
/** −Infinity, as a class that does not exist, now and then; the last class always exists. */
const holes = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
const punched = (values: number[], out: boolean[]) =>
  values.map((value, c) => (out[c] ? Number.NEGATIVE_INFINITY : value));

function close(got: number, want: number, relative = 1e-12): void {
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(relative * Math.abs(want) + 1e-15);
}

describe.each(divergences)("%s", (name) => {
  test("of a student that is its own teacher is 0, and so is its gradient", () => {
    fc.assert(
      fc.property(row(logit), temperature, (z, tau) => {
        const reply = ask(name, { logits: [z], label_logits: [z], temperature: tau });
        expect(reply.loss).toBe(0);
        expect(flat(reply.gradients).every((g) => g === 0)).toBe(true);
      }),
    );
  });

  test("is never negative and never NaN, whatever classes either side lacks", () => {
    fc.assert(
      fc.property(rows(logit), holes, holes, ([z, a], ofStudent, ofTeacher) => {
        const request = { logits: [punched(z, ofStudent)], label_logits: [punched(a, ofTeacher)] };
        expect(askText(name, request)).not.toMatch(/NaN|-0[,\]}]/);
        expect(ask(name, request).loss).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("of a teacher's logits is that of their softmax as labels", () => {
    fc.assert(
      fc.property(rows(gentleLogit), temperature, ([z, a], tau) => {
        const { probabilities } = ask(name, {
          logits: [a],
          label_logits: [a],
          temperature: tau,
          outputs: ["probabilities"],
        });
        const byLogits = ask(name, { logits: [z], label_logits: [a], temperature: tau });
        const byLabels = ask(name, { logits: [z], labels: probabilities, temperature: tau });
        close(byLogits.loss, byLabels.loss, 1e-9);
        flat(byLogits.gradients).forEach((g, c) => {
          close(g, flat(byLabels.gradients)[c]!, 1e-9);
        });
      }),
    );
  });

  test("has the finite difference of its loss as gradient, from a teacher's logits too", () => {
    fc.assert(
      fc.property(rows(gentleLogit), fc.nat(3), temperature, ([z, a], moving, tau) => {
        const at = (by: number) =>
          ask(name, { logits: [z.with(moving, z[moving]! + by)], label_logits: [a], temperature: tau });
        const slope = (at(1e-5).loss - at(-1e-5).loss) / 2e-5;
        expect(Math.abs(flat(at(0).gradients)[moving]! - slope)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(slope)));
      }),
    );
  });

  test("takes a class that class_mask leaves out for one that neither side has", () => {
    fc.assert(
      fc.property(rows(logit), holes, ([z, a], out) => {
        const mask = { class_mask: [...out.map((gone) => !gone), true] };
        const masked = ask(name, { logits: [z], label_logits: [a], ...mask });
        expect(masked).toEqual(ask(name, { logits: [punched(z, out)], label_logits: [punched(a, out)] }));
      }),
    );
  });

  test("grows with the square of the temperature if asked to, and so do the gradients", () => {
    fc.assert(
      fc.property(rows(gentleLogit), fc.constantFrom(0.5, 2, 4), ([z, a], tau) => {
        const request = { logits: [z], label_logits: [a], temperature: tau };
        const [plain, squared] = [false, true].map((asked) =>
          ask(name, { ...request, scale_by_temperature_squared: asked }),
        );
        expect(squared!.loss).toBe(plain!.loss * tau * tau);
        expect(squared!.gradients).toEqual([flat(plain!.gradients).map((g) => g * tau * tau)]);
      }),
    );
  });

  test("takes no class indices, and only one kind of target", () => {
    const refusal = (request: Request) => () => ask(name, { logits: [[2, 1, 0.1]], ...request });
    expect(refusal({ labels: [1] })).toThrow("/labels: has shape [1], but logits of shape [1, 3] take shape [1, 3]");
    expect(refusal({})).toThrow("/labels: is missing: labels (or label_logits) are required");
    expect(refusal({ labels: [[1, 0, 0]], label_logits: [[1, 0, 0]] })).toThrow("/label_logits: and labels are both");
    expect(refusal({ label_logits: [[1, 0]] })).toThrow("/label_logits: has shape [1, 2]");
    expect(refusal({ label_logits: [[1, "NaN", 0]] })).toThrow("/label_logits/0/1: is NaN");
    expect(refusal({ label_logits: [Array(3).fill("-Infinity")] })).toThrow(
      "/label_logits/0: is a row without any class",
    );
  });
});

test("kl_divergence of labels is the divergence of cross_entropy's decomposition to the bit, and has its gradient", () => {
  fc.assert(
    fc.property(row(logit), distribution(4), temperature, (z, labels, tau) => {
      const request = { logits: [z], labels: [labels], temperature: tau };
      const whole = ask("cross_entropy", { ...request, outputs: ["gradients", "decomposition"] });
      const own = ask("kl_divergence", request);
      expect(own.losses).toEqual(whole.decomposition.kl_divergence);
      flat(own.gradients).forEach((g, c) => {
        expect(Math.abs(g - flat(whole.gradients)[c]!)).toBeLessThanOrEqual((8 * Number.EPSILON) / tau);
      });
    }),
  );
});

test("kl_divergence of a one-hot row is cross_entropy", () => {
  fc.assert(
    fc.property(row(logit), fc.nat(3), (z, y) => {
      const labels = [z.map((_, c) => Number(c === y))];
      expect(ask("kl_divergence", { logits: [z], labels }).loss).toBe(
        ask("cross_entropy", { logits: [z], labels }).loss,
      );
    }),
  );
});

test("reverse_kl is kl_divergence with the roles of student and teacher changed", () => {
  fc.assert(
    fc.property(rows(gentleLogit), ([z, a]) => {
      close(
        ask("reverse_kl", { logits: [z], label_logits: [a] }).loss,
        ask("kl_divergence", { logits: [a], label_logits: [z] }).loss,
      );
    }),
  );
});

test("jensen_shannon is symmetric: changed roles and 1 − beta give the same loss, one half the same either way", () => {
  fc.assert(
    fc.property(rows(gentleLogit), fc.constantFrom(0.5, 0.25, 0.125), ([z, a], beta) => {
      const there = ask("jensen_shannon", { logits: [z], label_logits: [a], beta });
      const back = ask("jensen_shannon", { logits: [a], label_logits: [z], beta: 1 - beta });
      close(there.loss, back.loss);
    }),
  );
});

test("jensen_shannon is at most the entropy of beta, which two distributions without a class in common have", () => {
  const apart = { logits: [[0, "-Infinity"]], label_logits: [["-Infinity", 0]] };
  expect(ulps(ask("jensen_shannon", apart).loss, Math.LN2)).toBeLessThanOrEqual(1);
  fc.assert(
    fc.property(rows(logit), ([z, a]) => {
      expect(ask("jensen_shannon", { logits: [z], label_logits: [a] }).loss).toBeLessThanOrEqual(Math.LN2 + 1e-15);
    }),
  );
});

test("reverse_kl of a target that excludes a class of the student is Infinity, out of that class or nowhere", () => {
  const reply = ask("reverse_kl", {
    logits: [
      [1, 2, 0],
      [1, 2, "-Infinity"],
    ],
    labels: [
      [0.5, 0, 0.5],
      [0, 0, 1],
    ],
  });
  expect(reply.losses).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  const [inwards, outwards] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  expect(reply.gradients).toEqual([
    [inwards, outwards, inwards],
    [0, 0, 0],
  ]);
});
