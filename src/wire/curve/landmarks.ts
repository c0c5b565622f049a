import type { Loss } from "../../losses/loss.ts";
import type { Jump, Minimum } from "../../losses/schemas/curve.ts";

/** Losses and gradients at some logits. */
export interface Values {
  readonly losses: readonly number[];
  readonly gradients: readonly number[];
}

export type Evaluate = (logits: readonly number[]) => Values;

/** One computation looks at so many logits between two: eleven of them reach neighbouring doubles. */
const steps = 64;
/** Steeper places than the flattest of these are not looked at. */
const candidatesMax = 16;
/** Between neighbouring doubles a jump keeps its height; a steep slope has lost it long before. */
const keptShare = 0.3;
/** A minimum farther away is no picture's. */
const farAway = 1e6;

/**
 * Where the gradient jumps, which no spacing of points hits: the steepest places are narrowed until a slope would have
 * become flat.
 */
export function findJumps(evaluate: Evaluate, logits: readonly number[], { gradients }: Values): Jump[] {
  const finite = gradients.filter(Number.isFinite);
  const height = Math.max(...finite) - Math.min(...finite);
  const steepest = gradients
    .slice(1)
    .map((gradient, i) => ({ i, rise: Math.abs(gradient - gradients[i]!) }))
    .filter(({ rise }) => Number.isFinite(rise) && rise > height / 100)
    .sort((one, other) => other.rise - one.rise)
    .slice(0, candidatesMax);
  const jumps = new Map<number, Jump>();
  for (const { i } of steepest) {
    const jump = jumpBetween(evaluate, logits[i]!, logits[i + 1]!);
    if (jump) jumps.set(jump.logit, jump);
  }
  return [...jumps.values()].sort((one, other) => one.logit - other.logit);
}

function jumpBetween(evaluate: Evaluate, left: number, right: number): Jump | undefined {
  let [low, high] = [left, right];
  let height: number | undefined;
  for (;;) {
    const inner = between(low, high);
    const { gradients } = evaluate(inner);
    height ??= Math.abs(gradients.at(-1)! - gradients[0]!);
    const rises = gradients.slice(1).map((gradient, i) => Math.abs(gradient - gradients[i]!));
    const greatest = Math.max(...rises);
    if (!(greatest > keptShare * height)) return undefined;
    const at = rises.indexOf(greatest);
    [low, high] = [inner[at]!, inner[at + 1]!];
    if (inner.length <= steps) break;
  }
  // Of two neighbouring doubles a kink is the one that people write.
  const logit = String(low).length < String(high).length ? low : high;
  const aside = 1e-9 * Math.max(1, Math.abs(logit));
  const { losses, gradients } = evaluate([logit - aside, logit, logit + aside]);
  return { logit, loss: losses[1]!, before: gradients[0]!, after: gradients[2]! };
}

/** Where the loss is least, over all logits: at infinity where it approaches a limit and never reaches it. */
export function findMinimum(
  loss: Loss,
  evaluate: Evaluate,
  logits: readonly number[],
  { losses }: Values,
): Minimum | undefined {
  const finite = losses.filter(Number.isFinite);
  const least = Math.min(...finite);
  if (finite.length === 0 || least === Math.max(...finite)) return undefined;
  const isSaturating = loss.activation !== "identity" || loss.family === "rate";
  if (isSaturating) {
    const limits = evaluate([-1e300, 1e300]).losses;
    const limit = Math.min(...limits);
    if (limit <= least) return { logit: limit === limits[0] ? -Infinity : Infinity, loss: limit };
  }
  const wide = [-farAway, ...logits.filter((logit) => Math.abs(logit) < farAway), farAway];
  const { gradients } = evaluate(wide);
  const falls = gradients.map((gradient) => gradient < 0);
  const rises = gradients.map((gradient) => gradient > 0);
  // A bottom that is flat begins where the loss ends to fall, or ends where it begins to rise.
  const firstEnd = falls.findIndex((isFalling, i) => isFalling && falls[i + 1] === false);
  const isOpenLeft = firstEnd < 0;
  const at = isOpenLeft ? rises.findIndex((isRising, i) => !isRising && rises[i + 1] === true) : firstEnd;
  if (at < 0) return undefined;
  const [low, high] = narrow(evaluate, wide[at]!, wide[at + 1]!, (gradient) =>
    isOpenLeft ? gradient <= 0 : gradient < 0,
  );
  return rounded(evaluate, isOpenLeft ? low : high);
}

/** The gradient's own rounding moves its zero: a rounder logit with no greater loss is the one that people expect. */
function rounded(evaluate: Evaluate, logit: number): Minimum {
  const round = Number(logit.toFixed(14)) + 0;
  const [own, other] = evaluate([logit, round]).losses as [number, number];
  return other <= own ? { logit: round, loss: other } : { logit, loss: own };
}

/** Neighbouring doubles, or nearly: the first one's gradient is `isBefore`, the second one's is not. */
function narrow(
  evaluate: Evaluate,
  left: number,
  right: number,
  isBefore: (gradient: number) => boolean,
): [number, number] {
  let [low, high] = [left, right];
  for (;;) {
    const inner = between(low, high);
    const at = evaluate(inner).gradients.findLastIndex(isBefore);
    [low, high] = [inner[at]!, inner[at + 1]!];
    if (inner.length <= steps) return [low, high];
  }
}

/** Both ends, and what lies evenly between them: fewer than `steps` + 1 where the doubles are that close. */
function between(low: number, high: number): number[] {
  const all = Array.from({ length: steps + 1 }, (_, i) => (low * (steps - i) + high * i) / steps);
  return [...new Set([low, ...all.slice(1, -1), high])].sort((one, other) => one - other);
}
