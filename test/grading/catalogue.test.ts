import { describe, expect, test } from "vitest";
import { differs, multiply, regularised, unregularised, variantsOf } from "#lossd/grading/diagnosis/predict.js";
import { gradeClaims, type PreparedTask } from "#lossd/grading/grade.js";
import { findMistake, mistakes } from "#lossd/grading/mistakes/catalogue.js";
import type { Factor, Penalty } from "#lossd/grading/mistakes/mistake.js";
import type { Numbers } from "#lossd/grading/task/sample.js";
import type { Loss } from "#lossd/losses/loss.js";
import { losses } from "#lossd/losses/registry.js";
import { arithmetic, claiming, open, tasks } from "./tasks.js";

const prepared = new Map<string, PreparedTask>(tasks.map(({ name, task }) => [name, open(task)]));

describe("the catalogue", () => {
  test("has an id, a formula, a sentence for each reader and a source a mistake", () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(60);
    expect(new Set(mistakes.map(({ id }) => id)).size).toBe(mistakes.length);
    for (const { id, formula, student, instructor, source } of mistakes) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const text of [formula, student, instructor, source]) expect(text.length, id).toBeGreaterThan(1);
      expect(student, id).toMatch(/\.$/);
    }
  });

  test("names only losses that there are", () => {
    const names = new Set(losses.map(({ name }) => name));
    for (const { id, losses: applies } of mistakes) {
      for (const name of applies) expect(names, id).toContain(name);
    }
  });

  test("every mistake shows on some task's cases", () => {
    const shown = [...prepared.values()].flatMap(({ cases }) =>
      cases.flatMap(({ predictions, multipliers, penalties }) =>
        [...predictions, ...multipliers, ...penalties].map(({ mistake }) => mistake.id),
      ),
    );
    expect(mistakes.map(({ id }) => id).filter((id) => !shown.includes(id))).toEqual([]);
  });
});

/** The losses of mistakes that no fact of a definition picks. Those of a single loss need no entry. */
const together: Readonly<Record<string, readonly string[]>> = {
  "temperature-ignored": ["cross_entropy", "kl_divergence"],
  "grad-extra-activation-derivative": ["binary_cross_entropy", "cross_entropy"],
  "temperature-squared-added": ["cross_entropy", "jensen_shannon", "reverse_kl"],
};

const namesOf = (picks: (loss: Loss) => boolean) => losses.filter(picks).map(({ name }) => name);
const sets = [
  namesOf(() => true),
  namesOf(({ kind }) => kind === "rowwise"),
  namesOf(({ kind }) => kind === "elementwise"),
  namesOf(({ family }) => family === "square"),
  namesOf(({ family }) => family !== "square"),
  namesOf(({ options }) => "margin" in options.properties && "label_encoding" in options.properties),
  namesOf(({ family }) => ["cross_entropy", "focal", "divergence"].includes(family)),
  namesOf(({ options }) => "temperature" in options.properties),
].map((names) => names.join(" "));

// Loops over a list pass over what the list has lost.
test.each(mistakes.map(({ id, losses }) => [id, [...losses].sort()] as const))(
  "%s is of one loss, or of all that share what it needs",
  (id, applies) => {
    const allowed = together[id] ? [together[id].join(" ")] : [...sets, ...losses.map(({ name }) => name)];
    expect(allowed).toContain(applies.join(" "));
  },
);

describe.each(losses.map(({ name }) => name))("of %s", (name) => {
  const applying = mistakes.filter((mistake) => mistake.losses.includes(name));
  const shown = [...prepared.values()]
    .filter(({ task }) => task.loss === name)
    .flatMap(({ cases }) => cases.flatMap(({ predictions, multipliers }) => [...predictions, ...multipliers]))
    .map(({ mistake }) => mistake.id);

  test("what can go wrong with every loss can be named", () => {
    const common = ["sum-instead-of-mean", "grad-missing-1-over-n", "grad-sign-flipped", "loss-sign-flipped"];
    expect(applying.map(({ id }) => id)).toEqual(expect.arrayContaining(common));
    expect(shown).toEqual(expect.arrayContaining(common));
  });

  test("every mistake of its own shows on its own tasks", () => {
    const own = applying.filter((mistake) => mistake.losses.length < losses.length && !mistake.ofLinearModels);
    expect(own.map(({ id }) => id).filter((id) => !shown.includes(id))).toEqual([]);
  });
});

/** The mistakes that a task's cases leave open beside this one: its published ambiguity class. */
function classOf({ separability }: PreparedTask, id: string): Set<string> {
  const pairs = separability.ambiguous.filter((pair) => pair.includes(id));
  return new Set([id, ...pairs.flat()]);
}

const named = (candidates: readonly { id: string; also?: readonly string[] }[]) =>
  candidates.map(({ id, also = [] }) => [id, ...also].join(" and "));

describe.each([...prepared])("%s", (_name, task) => {
  const shown = new Map<string, { id: string; variant: number }>();
  for (const { mistake, variant } of task.cases.flatMap(({ predictions }) => predictions)) {
    shown.set(`${mistake.id} ${variant}`, { id: mistake.id, variant });
  }
  const factors = new Set(task.cases.flatMap(({ multipliers }) => multipliers.map(({ mistake }) => mistake)));

  const wrong =
    ({ id, variant }: { id: string; variant: number }) =>
    (k: number): Numbers => {
      const { predictions, sample } = task.cases[k]!;
      const prediction = predictions.find((one) => one.mistake.id === id && one.variant === variant);
      return prediction?.numbers ?? unregularised(sample);
    };
  const times = (factor: Factor) => (numbers: Numbers, k: number) =>
    multiply(numbers, variantsOf(factor.of(task.cases[k]!.sample, arithmetic))[0] ?? {});
  /** Diagnoses claims that are given without the regularisation of a linear model. */
  const diagnose = (claims: (k: number) => Numbers, penalty?: Penalty) => graded(claims, penalty).diagnosis;
  const graded = (claims: (k: number) => Numbers, penalty?: Penalty) => {
    const regularise = (k: number) => {
      const { sample } = task.cases[k]!;
      return regularised(sample, claims(k), penalty && variantsOf(penalty.of(sample))[0]);
    };
    return gradeClaims(task, claiming(task, regularise));
  };
  const penalties = new Set(task.cases.flatMap((one) => one.penalties.map(({ mistake }) => mistake)));
  const right = (k: number) => unregularised(task.cases[k]!.sample);

  test("each wrong formula is diagnosed as itself, or as its ambiguity class", () => {
    for (const one of shown.values()) {
      const { comparisons, diagnosis } = graded(wrong(one));
      const found = named(diagnosis.candidates);
      // A number as tiny as textbooks add it is excused, like float32.
      if (findMistake(one.id)!.tiny && comparisons.every(({ verdict }) => verdict === "pass")) continue;
      expect(found, `${one.id}, variant ${one.variant}`).toContain(one.id);
      for (const other of found) expect(classOf(task, one.id), `${one.id}, variant ${one.variant}`).toContain(other);
    }
  });

  test("each wrong factor is diagnosed as itself, or as its ambiguity class", () => {
    for (const factor of factors) {
      const found = named(diagnose((k) => times(factor)(right(k), k)).candidates);
      expect(found, factor.id).toContain(factor.id);
      for (const other of found) expect(classOf(task, factor.id), factor.id).toContain(other);
    }
  });

  // Only a linear model has a regularisation.
  if (penalties.size > 0)
    test("each wrong regularisation is diagnosed as itself, alone and beside a wrong factor", () => {
      for (const penalty of penalties) {
        expect(named(diagnose(right, penalty).candidates)).toEqual([penalty.id]);
        for (const factor of factors) {
          const found = named(diagnose((k) => times(factor)(right(k), k), penalty).candidates);
          expect(found, `${factor.id} and ${penalty.id}`).toContain(`${factor.id} and ${penalty.id}`);
        }
      }
    });

  test("two wrong factors at once are both named, or one mistake that gives the same numbers", () => {
    for (const [i, one] of [...factors].entries()) {
      for (const other of [...factors].slice(i + 1)) {
        const numbers = (k: number) => times(other)(times(one)(right(k), k), k);
        const found = diagnose(numbers).candidates.map(({ id, also = [] }) => [id, ...also]);
        // Multiplying and dividing by N is right.
        if (task.cases.every(({ sample }, k) => !differs(sample, regularised(sample, numbers(k))))) continue;
        const both = found.some((ids) => ids.length === 2 && ids.includes(one.id) && ids.includes(other.id));
        const single = found.length > 0 && found.every((ids) => ids.length === 1);
        expect(both || single, `${one.id} and ${other.id}: ${found.join(" | ")}`).toBe(true);
      }
    }
  });

  test("a loss by a wrong formula beside a gradient by a wrong factor has both named, each on its own", () => {
    const factor = [...factors].find(({ id }) => id === "grad-missing-1-over-n")!;
    const lossOnly = (one: { id: string; variant: number }, k: number): Numbers => {
      const { loss, losses } = wrong(one)(k);
      return { ...right(k), ...(loss !== undefined && { loss }), ...(losses && { losses }) };
    };
    for (const one of shown.values()) {
      const found = named(diagnose((k) => times(factor)(lossOnly(one, k), k)).candidates);
      const alone = task.cases.every(({ sample }, k) => !differs(sample, regularised(sample, lossOnly(one, k))));
      const expected = alone ? factor.id : `${one.id} and ${factor.id}`;
      const shorter = found.length > 0 && found.every((text) => !text.includes(" and "));
      expect(found.includes(expected) || shorter, `${expected}, variant ${one.variant}: ${found.join(", ")}`).toBe(
        true,
      );
    }
  });

  test("a wrong formula and a wrong factor at once are both named, or one mistake that gives the same numbers", () => {
    for (const one of shown.values()) {
      for (const factor of factors) {
        const numbers = (k: number) => times(factor)(wrong(one)(k), k);
        const found = named(diagnose(numbers).candidates);
        const both = found.some((text) => text === `${one.id} and ${factor.id}`);
        const single = found.length > 0 && found.every((text) => !text.includes(" and "));
        expect(both || single, `${one.id}, variant ${one.variant}, and ${factor.id}: ${found.join(", ")}`).toBe(true);
      }
    }
  });
});
