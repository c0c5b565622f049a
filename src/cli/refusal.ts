import { lossNames, noLoss } from "../losses/hints/names.ts";
import type { Loss } from "../losses/loss.ts";
import { findLoss } from "../losses/registry.ts";
import { Problem, type ProblemData, problems } from "../problems.ts";
import { exitCodes, Failure } from "./failure.ts";

/** The loss of that name or alias. Throws a Failure that lists the names. */
export function lossNamed(name: string): Loss {
  const loss = findLoss(name);
  if (loss) return loss;
  throw refusal({ code: "unknown_loss", detail: noLoss(name), errors: [] });
}

/** A problem as the end of a command. */
export function refusal(problem: ProblemData): Failure {
  return new Failure(exitCodeOf(problem), sentences(problem));
}

function exitCodeOf({ code }: ProblemData): number {
  const { status } = problems[code];
  if (status === 413) return exitCodes.limit;
  return status >= 500 ? exitCodes.internal : exitCodes.usage;
}

function sentences({ code, detail, errors }: ProblemData): string {
  const faults = errors.map((fault) => `  ${fault.pointer || "the body"}: ${fault.detail}`);
  const names = code === "unknown_loss" ? [`  the losses are ${lossNames()}`] : [];
  return [`${problems[code].title}: ${detail}`, ...(errors.length > 1 ? faults : []), ...names].join("\n");
}

/** Runs a step; what it refuses ends the command by that exit code. */
export function refusing<T>(exitCode: number, what: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = error.errors.map(({ pointer, detail }) => `  ${pointer || "the document"}: ${detail}`);
    throw new Failure(exitCode, [`${what}: ${error.detail}`, ...(faults.length > 1 ? faults : [])].join("\n"));
  }
}
