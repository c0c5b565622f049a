import type { TSchema } from "typebox";
import { isPerClass, type Loss } from "../../losses/loss.ts";
import { curveFields, naturalRow, type Row } from "../../losses/schemas/curve.ts";
import { type Fault, Problem } from "../../problems.ts";
import { parametersOf, readParameters } from "../../request/query.ts";
import { type CurveQuery, readCurveQuery } from "./query.ts";

/** More lines than this cannot be told apart. */
export const curvesMax = 8;

/** One curve that was asked for. */
export interface CurveOrder {
  readonly loss: Loss;
  readonly query: CurveQuery;
}

/** Those of one request: several if it names several losses, or a list of values. */
export interface CurveOrders {
  readonly orders: readonly CurveOrder[];
  readonly areSeveral: boolean;
}

type Parameter = readonly [name: string, value: string];

/** A loss with the parameters of one of its curves. */
interface Wanted {
  readonly loss: Loss;
  readonly own: readonly Parameter[];
}

/**
 * Reads a curve's query for one loss or more: UTF-8, percent-encoded, without the question mark. One parameter may be a
 * list of values with commas: a curve each. Of several losses each takes the parameters that it has. Throws a Problem
 * (invalid_request) that names each parameter that no loss has, that is repeated, of a wrong type or out of its bound.
 */
export function readCurves(losses: readonly Loss[], query: Uint8Array): CurveOrders {
  const parameters = parametersOf(Buffer.from(query).toString());
  const schemas = losses.map(curveFields);
  checkTogether(losses, parameters, schemas);
  const list = parameters.find(([name, value]) => value.includes(",") && takesList(name, schemas));
  const wanted = losses.flatMap((loss, i): Wanted[] => {
    const own = parameters.filter(([name]) => losses.length === 1 || Object.hasOwn(schemas[i]!, name));
    if (!list || !own.includes(list)) return [{ loss, own }];
    return list[1].split(",").map((value) => ({ loss, own: own.map((one) => (one === list ? [one[0], value] : one)) }));
  });
  if (wanted.length > curvesMax) {
    const detail = `makes ${wanted.length} curves, but a picture has at most ${curvesMax}`;
    throw Problem.of([{ pointer: list ? `/${list[0]}` : "", detail }]);
  }
  return { orders: readEach(wanted, losses), areSeveral: wanted.length > 1 };
}

/** Throws a Problem with the faults of all curves, each once. */
function readEach(wanted: readonly Wanted[], losses: readonly Loss[]): CurveOrder[] {
  const row = sharedRow(losses);
  const faults = new Map<string, Fault>();
  const orders: CurveOrder[] = [];
  for (const { loss, own } of wanted) {
    try {
      const fields = readParameters(own, curveFields(loss));
      if (losses.length > 1) translateLabel(loss, fields);
      orders.push({ loss, query: readCurveQuery(loss, fields, row) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      for (const fault of error.errors) faults.set(JSON.stringify(fault), fault);
    }
  }
  if (faults.size > 0) throw Problem.of([...faults.values()]);
  return orders;
}

/** What no single loss can say: kinds that share no axis, and a parameter that none of several losses has. */
function checkTogether(
  losses: readonly Loss[],
  parameters: readonly Parameter[],
  schemas: readonly Record<string, TSchema>[],
) {
  const other = losses.find(({ kind }) => kind !== losses[0]!.kind);
  if (other) {
    const detail = `${losses[0]!.name} is ${losses[0]!.kind} and ${other.name} ${other.kind}: their logits have no common axis`;
    throw Problem.of([{ pointer: "", detail }]);
  }
  if (losses.length === 1) return;
  const known = new Set(schemas.flatMap((fields) => Object.keys(fields)));
  const faults = parameters
    .filter(([name]) => !known.has(name))
    .map(([name]) => ({
      pointer: `/${name}`,
      detail: `is no field of these losses: they take ${[...known].join(", ")}`,
    }));
  if (faults.length > 0) throw Problem.of(faults);
}

/** Whether commas in a parameter's value separate curves: not where a row or the range is described. */
function takesList(name: string, schemas: readonly Record<string, TSchema>[]): boolean {
  if (["from", "to", "points", "class"].includes(name)) return false;
  const schema = schemas.find((fields) => Object.hasOwn(fields, name))?.[name];
  return schema !== undefined && !isPerClass(schema);
}

/** The row that all losses start from: the first one's, with a label that each of them takes. */
function sharedRow(losses: readonly Loss[]): Row | undefined {
  if (losses[0]!.kind === "elementwise") return undefined;
  const row = naturalRow(losses[0]!);
  const domains = losses.map(({ labels }) => labels);
  const oneHot = row.logits.map((_, c) => (c === row.class ? 1 : 0));
  const takesIndices = !domains.includes("distribution");
  if (losses.length > 1 && domains.includes("class")) return { ...row, label: takesIndices ? row.class : oneHot };
  return typeof row.label === "number" && !takesIndices ? { ...row, label: oneHot } : row;
}

/** Losses of 0 and 1 and losses of −1 and 1 in one picture: the same class in each one's own words. */
function translateLabel({ labels }: Loss, fields: Map<string, unknown>): void {
  const domain = typeof labels === "function" ? labels(Object.fromEntries(fields)) : labels;
  const label = fields.get("label");
  if (domain === "signed" && label === 0) fields.set("label", -1);
  if ((domain === "unit" || domain === "binary") && label === -1) fields.set("label", 0);
}
