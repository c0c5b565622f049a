import type { Mistake } from "../mistakes/mistake.ts";
import { type Numbers, type OutputName, outputNames } from "../task/sample.ts";
import { differs, indistinguishable, multiply, type Predicted, regularised, unregularised } from "./predict.ts";

/** Pairs of mistakes whose numbers agree on every case, of those that show in these outputs: as open as their variants are. */
export function ambiguousOf(
  cases: readonly Predicted[],
  outputs: readonly OutputName[] = outputNames,
): readonly (readonly [string, string])[] {
  const wrongs = cases.map((predicted) => variantsOf(predicted, outputs));
  const names = [...new Map(wrongs.flatMap((wrong) => [...wrong].map(([name, { id }]) => [name, id] as const)))];
  const ambiguous = new Map<string, [string, string]>();
  for (const [i, [one, oneId]] of names.entries()) {
    for (const [other, otherId] of names.slice(i + 1)) {
      const pair = `${oneId} ${otherId}`;
      if (oneId === otherId || ambiguous.has(pair)) continue;
      const open = cases.every(({ sample }, k) => {
        const [left, right] = [wrongs[k]!.get(one), wrongs[k]!.get(other)];
        if (!left && !right) return true;
        return indistinguishable(sample, left?.numbers ?? sample.right, right?.numbers ?? sample.right, outputs);
      });
      if (open) ambiguous.set(pair, [oneId, otherId]);
    }
  }
  return [...ambiguous.values()];
}

/** What each variant of each mistake, alone, gives for a case that shows it. */
function variantsOf(
  predicted: Predicted,
  outputs: readonly OutputName[],
): ReadonlyMap<string, { id: string; numbers: Numbers }> {
  const { sample, predictions, multipliers, penalties } = predicted;
  const found = new Map<string, { id: string; numbers: Numbers }>();
  // All outputs together show every one of them.
  const isAsked = outputs === outputNames ? () => true : (numbers: Numbers) => differs(sample, numbers, outputs);
  const add = (name: string, { id }: Mistake, numbers: Numbers) => {
    if (isAsked(numbers)) found.set(name, { id, numbers });
  };
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
