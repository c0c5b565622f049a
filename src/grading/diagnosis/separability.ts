import type { Mistake } from "../mistakes/mistake.ts";
import type { Numbers } from "../task/sample.ts";
import { indistinguishable, multiply, type Predicted, regularised, unregularised, untestedBy } from "./predict.ts";

/** What a set of cases can show and what it cannot. */
export interface Separability {
  /** Pairs of mistakes whose numbers agree on every case. */
  readonly ambiguous: readonly (readonly [string, string])[];
  /** Mistakes that would pass on every case. */
  readonly untested: readonly string[];
}

/** Which mistakes these cases tell apart, each by itself. A mistake is as open as its least visible variant. */
export function separabilityOf(cases: readonly Predicted[]): Separability {
  const wrongs = cases.map(variantsOf);
  const names = [...new Map(wrongs.flatMap((wrong) => [...wrong].map(([name, { id }]) => [name, id] as const)))];
  const ambiguous = new Map<string, [string, string]>();
  for (const [i, [one, oneId]] of names.entries()) {
    for (const [other, otherId] of names.slice(i + 1)) {
      const pair = `${oneId} ${otherId}`;
      if (oneId === otherId || ambiguous.has(pair)) continue;
      const open = cases.every(({ sample }, k) => {
        const [left, right] = [wrongs[k]!.get(one), wrongs[k]!.get(other)];
        if (!left && !right) return true;
        return indistinguishable(sample, left?.numbers ?? sample.right, right?.numbers ?? sample.right);
      });
      if (open) ambiguous.set(pair, [oneId, otherId]);
    }
  }
  return { ambiguous: [...ambiguous.values()], untested: untestedBy(cases) };
}

/** What each variant of each mistake, alone, gives for a case that shows it. */
function variantsOf(predicted: Predicted): ReadonlyMap<string, { id: string; numbers: Numbers }> {
  const { sample, predictions, multipliers, penalties } = predicted;
  const found = new Map<string, { id: string; numbers: Numbers }>();
  const add = (name: string, { id }: Mistake, numbers: Numbers) => found.set(name, { id, numbers });
  for (const { mistake, variant, numbers } of predictions) {
    add(`${mistake.id} ${variant}`, mistake, regularised(sample, numbers));
  }
  for (const { mistake, variant, factors } of multipliers) {
    add(`${mistake.id} ${variant}`, mistake, regularised(sample, multiply(unregularised(sample), factors)));
  }
  for (const { mistake, variant, regularisation } of penalties) {
    add(`${mistake.id} ${variant}`, mistake, regularised(sample, unregularised(sample), regularisation));
  }
  return found;
}
