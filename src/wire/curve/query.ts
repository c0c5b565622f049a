import type { Loss } from "../../losses/loss.ts";
import { classesMax, defaultRange, naturalRow, peak, type Row } from "../../losses/schemas/curve.ts";
import { type Fault, Problem } from "../../problems.ts";

/** A curve as its query asks for it, defaults filled in but for the loss's own options. */
export interface CurveQuery {
  /** The logits that the moving one takes. */
  readonly moving: readonly number[];
  readonly label: number | readonly number[];
  /** Rowwise: the row, and the class whose logit moves. */
  readonly row?: { readonly logits: readonly unknown[]; readonly class: number };
  /** Everything else that was given: options and class tensors, as a request body has them. */
  readonly others: Readonly<Record<string, unknown>>;
}

interface Fields {
  readonly from: number;
  readonly to: number;
  readonly points: number;
  readonly label?: CurveQuery["label"];
  readonly logits?: readonly unknown[];
  readonly class?: number;
}

/**
 * A curve's query from its parameters, which its schemas have typed. `row`: where a rowwise loss starts, if not from its
 * own example. Throws a Problem (invalid_request) for what they say together.
 */
export function readCurveQuery(loss: Loss, fields: ReadonlyMap<string, unknown>, row?: Row): CurveQuery {
  return loss.kind === "rowwise" ? rowOf(row ?? naturalRow(loss), fields) : elementOf(fields);
}

/** The curve's own fields as the schema holds them, all of the rest, and what the range's ends say together. */
function split(fields: ReadonlyMap<string, unknown>) {
  const {
    from,
    to,
    points,
    label,
    logits,
    class: index,
    ...others
  }: Fields = {
    ...defaultRange,
    ...Object.fromEntries(fields),
  };
  const faults: Fault[] = [];
  if (from >= to) faults.push({ pointer: "/to", detail: `is ${to}, but must be above from, which is ${from}` });
  return { moving: spread(from, to, points), label, logits, index, others, faults };
}

/** Evenly spaced, by one division each: 0.1 comes out as 0.1. */
function spread(from: number, to: number, points: number): number[] {
  const last = points - 1;
  return Array.from({ length: points }, (_, i) => (from * (last - i) + to * i) / last);
}

function elementOf(fields: ReadonlyMap<string, unknown>): CurveQuery {
  const { moving, label = 1, others, faults } = split(fields);
  if (faults.length > 0) throw Problem.of(faults);
  return { moving, label, others };
}

function rowOf(natural: Row, fields: ReadonlyMap<string, unknown>): CurveQuery {
  const { moving, label, others, faults, ...given } = split(fields);
  const logits = given.logits ?? natural.logits;
  const labelled = label === undefined && given.logits !== undefined ? 0 : peak(label ?? natural.label);
  const index = given.index ?? labelled;
  const classes = logits.length;
  if (classes > classesMax) {
    faults.push({ pointer: "/logits", detail: `has ${classes} classes, but a curve takes at most ${classesMax}` });
  }
  if (index < 0 || index >= classes)
    faults.push({ pointer: "/class", detail: `is ${index}, outside 0…${classes - 1}` });
  if (faults.length > 0) throw Problem.of(faults);
  const oneHot = logits.map((_, c) => (c === index ? 1 : 0));
  return {
    moving,
    label: label ?? (given.logits === undefined ? natural.label : oneHot),
    row: { logits, class: index },
    others,
  };
}
