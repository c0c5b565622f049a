import { greatest } from "../../task/greatest.ts";
import { numberOption, type Row, type Sample } from "../../task/sample.ts";
import { byRow, map, misread, type Shape, sum } from "../mistake.ts";

type Variant = Shape["variants"][number];

const multi = ["multi_margin"];
const crammer = ["multiclass_hinge"];

/** Of a row with a class y: what is left of the margin to each rival, and the first best of them. */
function rivalsOf({ z, y, classWeight }: Row, sample: Sample, margin = numberOption(sample, "margin")) {
  const slacks = map(z, (logit, j) => (j === y ? Number.NEGATIVE_INFINITY : margin - z[y]! + logit));
  const best = slacks.indexOf(greatest(slacks));
  return { slacks, best, unit: classWeight / sample.classes };
}
const ofRivals = (
  formula: (
    rivals: ReturnType<typeof rivalsOf>,
    row: Row,
    sample: Sample,
  ) => { loss?: number; gradient?: Float64Array },
  margin?: number,
): Variant => byRow((row, _, sample) => formula(rivalsOf(row, sample, margin), row, sample));

/** +1 at the rivals that violate the margin, and what `own` says at the class itself. */
const counted = (slacks: Float64Array, y: number, unit: number, own: (count: number) => number) => {
  const over = map(slacks, (slack) => (slack > 0 ? unit : 0));
  const count = sum(over);
  return map(over, (one, j) => (j === y ? own(count) : one));
};
const total = (slacks: Float64Array) => sum(map(slacks, (slack) => Math.max(0, slack)));
const isLinear = (sample: Sample) => numberOption(sample, "p") !== 2;
const linear =
  (variant: Variant): Variant =>
  (sample, arithmetic) =>
    isLinear(sample) ? variant(sample, arithmetic) : undefined;
const pair = (z: Float64Array, y: number, own: number, best: number, at: number) =>
  map(z, (_, j) => (j === y ? own : j === best ? at : 0));

export const classMarginTermMistakes: readonly Shape[] = [
  misread("multi-margin-margin-omitted", multi, "m = 0", "a margin of 0: the margin is missing", [
    linear(
      ofRivals(
        ({ slacks, unit }, { y }) => ({ loss: unit * total(slacks), gradient: counted(slacks, y, unit, (n) => -n) }),
        0,
      ),
    ),
  ]),
  misread(
    "multi-margin-reversed",
    multi,
    "max(0, m + z_y − z_j)",
    "z_y − z_j inside the maximum: a rival's score stands before the true one's",
    [
      linear(
        ofRivals(({ unit }, { z, y }, sample) => {
          const slacks = map(z, (logit, j) => (j === y ? 0 : numberOption(sample, "margin") + z[y]! - logit));
          return { loss: unit * total(slacks), gradient: counted(slacks, y, unit, (n) => -n) };
        }),
      ),
    ],
  ),
  misread("multi-margin-squared", multi, "Σ max(0, …)²", "squared violations: the task takes them without the square", [
    linear(ofRivals(({ slacks, unit }) => ({ loss: unit * sum(map(slacks, (slack) => Math.max(0, slack) ** 2)) }))),
  ]),
  misread(
    "multi-margin-never-clamped",
    multi,
    "Σ m − z_y + z_j",
    "violations below 0 too: take each one's maximum with 0",
    [
      linear(
        ofRivals(({ slacks, unit }, { y }) => ({ loss: unit * sum(map(slacks, (slack, j) => (j === y ? 0 : slack))) })),
      ),
    ],
  ),
  misread(
    "rivals-grad-missing",
    multi,
    "g_j = 0",
    "a gradient at the true class alone: each rival within the margin gets its own",
    [
      linear(
        ofRivals(({ slacks, unit }, { y }) => ({
          gradient: map(slacks, (_, j) => (j === y ? -sum(counted(slacks, y, unit, () => 0)) : 0)),
        })),
      ),
    ],
  ),
  misread(
    "crammer-own-class-not-skipped",
    crammer,
    "max over j = y too",
    "a maximum that holds the true class too: leave it out",
    [
      ofRivals(({ slacks, best }, { z, y }, sample) => {
        const margin = numberOption(sample, "margin");
        const own = z[y]! >= z[best]!;
        return {
          loss: Math.max(0, own ? margin : slacks[best]!),
          gradient: own ? pair(z, y, 1, -1, 0) : pair(z, y, -1, best, 1),
        };
      }),
    ],
  ),
  misread("crammer-margin-omitted", crammer, "m = 0", "a margin of 0: the margin is missing", [
    ofRivals(
      ({ slacks, best }, { z, y }) =>
        slacks[best]! > 0
          ? { loss: slacks[best]!, gradient: pair(z, y, -1, best, 1) }
          : { loss: 0, gradient: pair(z, y, 0, best, 0) },
      0,
    ),
  ]),
  misread(
    "crammer-never-clamped",
    crammer,
    "m + max z_j − z_y",
    "a value below 0 where the margin is met: take the maximum with 0",
    [
      ofRivals(({ slacks, best }) => ({ loss: slacks[best]! })),
      ofRivals(({ slacks, best }, { z, y }) => ({ loss: slacks[best]!, gradient: pair(z, y, -1, best, 1) })),
      ofRivals(({ best }, { z, y }) => ({ gradient: pair(z, y, -1, best, 1) })),
    ],
  ),
  misread(
    "crammer-half-gradient",
    crammer,
    "g_y or g_j = 0",
    "a gradient at one of the two classes alone: −1 is the true one's, +1 the best rival's",
    [
      ofRivals(({ slacks, best }, { z, y }) => ({
        gradient: slacks[best]! > 0 ? pair(z, y, 0, best, 1) : pair(z, y, 0, best, 0),
      })),
      ofRivals(({ slacks, best }, { z, y }) => ({
        gradient: slacks[best]! > 0 ? pair(z, y, -1, best, 0) : pair(z, y, 0, best, 0),
      })),
    ],
  ),
  misread("crammer-squared", crammer, "max(0, …)²", "a squared violation: the task takes it without the square", [
    ofRivals(({ slacks, best }) => ({ loss: Math.max(0, slacks[best]!) ** 2 })),
  ]),
  misread("crammer-least-rival", crammer, "min over j ≠ y", "the least rival: take the greatest", [
    ofRivals(({ slacks }, { z, y }) => {
      const least = slacks.reduce(
        (found, slack, j) => (j !== y && (found < 0 || slack < slacks[found]!) ? j : found),
        -1,
      );
      const slack = slacks[least]!;
      return slack > 0
        ? { loss: slack, gradient: pair(z, y, -1, least, 1) }
        : { loss: 0, gradient: pair(z, y, 0, least, 0) };
    }),
  ]),
];
