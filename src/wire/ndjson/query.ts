import { Type } from "typebox";
import type { Loss } from "../../losses/loss.ts";
import { optionFields } from "../../losses/schemas/fields.ts";
import { Problem } from "../../problems.ts";
import { readQuery } from "../../request/query.ts";

/** What the query of a stream says to all of its lines. */
export interface LinesQuery {
  /** Name → JSON text. */
  readonly options: Readonly<Record<string, string>>;
  readonly summaryOnly: boolean;
}

/** The parameters of a stream: the options of the loss, and its own. */
export function linesFields(loss: Loss) {
  return {
    summary_only: Type.Boolean({ default: false, description: "Send only the last line, the summary." }),
    ...optionFields(loss),
  };
}

/** Reads the query of a stream. Throws a Problem (invalid_request) that names each parameter that is not allowed. */
export function readLinesQuery(loss: Loss, query: string): LinesQuery {
  const { summary_only: summaryOnly = false, ...options } = Object.fromEntries(readQuery(query, linesFields(loss)));
  const texts = Object.entries(options).map(([name, value]) => [name, JSON.stringify(value)]);
  return { summaryOnly: summaryOnly === true, options: Object.fromEntries(texts) };
}

/** A single body takes no options from the query: throws a Problem (invalid_request) that names each. */
export function refuseQuery(loss: Loss, query: string): void {
  const detail =
    "is in the query: put it into the body. Only a stream of lines (application/x-ndjson) has options in the query";
  const faults = [...readQuery(query, linesFields(loss)).keys()].map((name) => ({ pointer: `/${name}`, detail }));
  if (faults.length > 0) throw Problem.of(faults);
}
