import { indistinguishable, multiply, type Predicted, untestedBy } from "./predict.ts";
import type { Numbers } from "./sample.ts";

/** What a set of cases can show and what it cannot. */
export interface Separability {
  /** Pairs of mistakes whose numbers agree on every case. */
  readonly ambiguous: readonly (readonly [string, string])[];
  /** Mistakes that would pass on every case. */
  readonly untested: readonly string[];
}

/** Which mistakes these cases tell apart, each by itself. */
export function separabilityOf(cases: readonly Predicted[]): Separability {
  const wrongs = cases.map(singleMistakes);
  const ids = [...new Set(wrongs.flatMap((wrong) => [...wrong.keys()]))];
  const ambiguous: [string, string][] = [];
  for (const [i, one] of ids.entries()) {
    for (const other of ids.slice(i + 1)) {
      if (cases.every((predicted, k) => agreeOn(predicted, wrongs[k]!, one, other))) ambiguous.push([one, other]);
    }
  }
  return { ambiguous, untested: untestedBy(cases) };
}

/** What each mistake alone gives for a case, in each of its variants. */
function singleMistakes({ sample, predictions, multipliers }: Predicted): ReadonlyMap<string, Numbers[]> {
  const found = new Map<string, Numbers[]>();
  const add = (id: string, numbers: Numbers) => found.set(id, [...(found.get(id) ?? []), numbers]);
  for (const { mistake, numbers } of predictions) add(mistake.id, numbers);
  for (const { mistake, factors } of multipliers) add(mistake.id, multiply(sample.right, factors));
  return found;
}

/** Whether a case leaves two mistakes open: some variants of them agree, or neither shows. */
function agreeOn({ sample }: Predicted, wrongs: ReadonlyMap<string, Numbers[]>, one: string, other: string): boolean {
  const [left, right] = [wrongs.get(one), wrongs.get(other)];
  if (!left || !right) return !left && !right;
  return left.some((numbers) => right.some((others) => indistinguishable(sample, numbers, others)));
}
