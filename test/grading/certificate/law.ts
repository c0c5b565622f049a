// The certificate's law: a way to make a mistake is listed exactly when what it claims passes, however that is printed.
import { isNear } from "#lossd/grading/certificate/printings.js";
import { claimOf, everyVariant } from "#lossd/grading/certificate/variants.js";
import type { PreparedTask } from "#lossd/grading/grade.js";
import { mistakes } from "#lossd/grading/mistakes/catalogue.js";
import { gradeSubmission } from "#lossd/grading/report/report.js";
import type { Numbers } from "#lossd/grading/task/sample.js";
import { arithmetic, open } from "../tasks.ts";

type Claims = readonly { readonly case: string; readonly [output: string]: unknown }[];
type Printing = (value: number) => number;

/** A line of claims.jsonl, which make.py writes. */
export interface Line {
  readonly task: object;
  readonly programs: readonly { readonly id: string; readonly variant: number; readonly claims: Claims }[];
}

/** What was looked at, and what breaks the law. */
export interface Outcome {
  claims: number;
  listed: number;
  exceptions: string[];
}

const printingOf = (name: string): Printing => {
  const [kind, digits] = name.split(":");
  if (kind === "float32") return Math.fround;
  if (kind === "rounded") return (value) => Number(value.toFixed(Number(digits)));
  return kind === "significant" ? (value) => Number(value.toPrecision(Number(digits))) : (value) => value;
};

function print(value: unknown, printing: Printing): unknown {
  if (Array.isArray(value)) return value.map((one) => print(one, printing));
  return typeof value === "number" && Number.isFinite(value) ? printing(value) : value;
}

const printed = (claims: Claims, of: (output: string) => string): Claims =>
  claims.map(({ case: id, ...outputs }) => ({
    case: id,
    ...Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, print(value, printingOf(of(name)))])),
  }));

/** The printings that a task takes. */
function printingsOf({ task }: PreparedTask): string[] {
  const { tolerance = "auto", min_digits: least = 4 } = task;
  if (tolerance !== "auto") return ["float64", "float32", ...(tolerance.includes(":") ? [tolerance] : [])];
  const digits = [0, 1, 2, 4].map((more) => least + more);
  return ["float64", "float32", ...digits.flatMap((d) => [`rounded:${d}`, `significant:${d}`])];
}

/** Claims that a diagnosis and rows may not help: only what is right earns anything. */
const pass = (prepared: PreparedTask, claims: Claims) => gradeSubmission(prepared, { claims }).verdict === "pass";

/** Holds one wrong program against the certificate. */
export function holdProgram(
  prepared: PreparedTask,
  { id, variant, claims }: Line["programs"][number],
  outcome: Outcome,
): void {
  const { passing, accepted, not_applicable } = prepared.separability;
  const isThis = (one: { readonly id: string; readonly variant: number }) => one.id === id && one.variant === variant;
  const named = passing.find(isThis);
  const convention = accepted.find(isThis);
  const isListed = named !== undefined || not_applicable.some(isThis) || convention?.credit === 1;
  const complain = (what: string) =>
    outcome.exceptions.push(`${id} ${variant} ${what}: ${JSON.stringify(prepared.task)}`);
  outcome.claims++;
  if (isListed) outcome.listed++;
  if (
    named &&
    !pass(
      prepared,
      printed(claims, (output) => named.printing[output]!),
    )
  ) {
    complain(`is listed and fails as ${JSON.stringify(named.printing)}`);
  }
  // The right formula is most of the list, and of every task the same: some of it is enough.
  const isLookedAt = !named && (convention !== undefined || outcome.claims % 5 === 0);
  if (isListed && isLookedAt && !pass(prepared, claims)) complain("is listed and fails");
  if (isListed) return;
  if (convention && gradeSubmission(prepared, { claims }).diagnosis.accepted?.credit !== convention.credit) {
    complain("has no credit by its option");
  }
  const names = printingsOf(prepared);
  const name = (k: number) => names[(outcome.claims + k) % names.length]!;
  // Two printings of all outputs, other ones for the next program, and one in which each output has its own.
  for (const one of new Set([names[0]!, name(0)])) {
    if (
      pass(
        prepared,
        printed(claims, () => one),
      )
    )
      complain(`passes as ${one}`);
  }
  const outputs = prepared.marking.outputs as readonly string[];
  const mixed = (output: string) => name(3 * outputs.indexOf(output) + 1);
  if (outputs.length > 1 && pass(prepared, printed(claims, mixed))) complain("passes in mixed printings");
}

const spelled = (value: number) => (Number.isFinite(value) ? value : String(value));

/** What the catalogue's own formulas claim for a task: all that come near to the right answer and are not it, and some of the others. */
export function catalogueOf(prepared: PreparedTask): Line["programs"] {
  const { cases, marking } = prepared;
  const samples = cases.map(({ sample }) => sample);
  const applying = mistakes.filter(({ losses }) => losses.includes(prepared.task.loss));
  return everyVariant(applying, samples, arithmetic).flatMap((one, i) => {
    const found = samples.map((sample) => claimOf(one, sample, arithmetic));
    const numbers = samples.map((sample, k): Numbers => found[k] ?? sample.right);
    const isNearby = found.some(Boolean) && samples.every((sample, k) => isNear(marking, sample, numbers[k]!));
    if (!isNearby && i % 17 !== 0) return [];
    const claims = samples.map(({ id }, k) => ({
      case: id,
      ...Object.fromEntries(
        marking.outputs.map((output) => {
          const value = numbers[k]![output]!;
          return [output, typeof value === "number" ? spelled(value) : Array.from(value, spelled)];
        }),
      ),
    }));
    return [{ id: one.mistake.id, variant: one.variant, claims }];
  });
}

/** Holds a task's programs in NumPy and the catalogue's own against its certificate. */
export function holdLine({ task, programs }: Line, outcome: Outcome): void {
  const prepared = open(task);
  for (const program of [...programs, ...catalogueOf(prepared)]) holdProgram(prepared, program, outcome);
}
