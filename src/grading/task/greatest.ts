/** The greatest value, of any number of them: Math.max takes no hundred thousand arguments. */
export function greatest(values: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < values.length; j++) most = Math.max(most, values[j]!);
  return most;
}
