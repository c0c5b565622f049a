import { Problem } from "../../problems.ts";
import type { Form, Shape } from "../mistakes/mistake.ts";
import type { Arithmetic } from "../task/arithmetic.ts";
import { readClaims } from "../task/claims.ts";
import { regularise } from "../task/linear.ts";
import { numberOption, type Sample } from "../task/sample.ts";
import { type Expression, ExpressionError, type Names, parseExpression, type Scope } from "./expression.ts";
import type { OwnMistake } from "./schema.ts";

/** A teacher's mistake as an entry of the catalogue. */
export type OwnEntry = Shape | Form;

/** The teacher's mistakes for these cases. Throws a Problem (invalid_request) that names what cannot be read. */
export function ownEntries(own: readonly OwnMistake[], samples: readonly Sample[]): readonly OwnEntry[] {
  return own.map((mistake, i) => entryOf(mistake, samples, `/task/mistakes/${i}`));
}

function entryOf(mistake: OwnMistake, samples: readonly Sample[], at: string): OwnEntry {
  const { id, student, losses, gradients, table } = mistake;
  const [sample] = samples;
  const entry = {
    id,
    losses: [sample!.loss.name],
    formula: [losses, gradients].filter((one) => one !== undefined).join("; ") || "a table",
    student,
    instructor: mistake.instructor ?? "A mistake of this task's own.",
    source: "The task.",
  };
  if (table) return { ...entry, kind: "form", variants: [tableOf(table, samples, at)] };
  const names = namesOf(sample!);
  const isRowwise = sample!.loss.kind === "rowwise";
  const read = (text: string | undefined, field: string, isOfExample: boolean) =>
    text === undefined ? undefined : reading(`${at}/${field}`, () => parseExpression(text, names, isOfExample));
  const wrong = { losses: read(losses, "losses", isRowwise), gradients: read(gradients, "gradients", false) };
  return { ...entry, kind: "shape", variants: [(one, arithmetic) => evaluate(one, arithmetic, wrong)] };
}

function reading(pointer: string, read: () => Expression): Expression {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw Problem.of([{ pointer, detail: error.message }]);
  }
}

/** Numeric options go by their own names, which are longer than the others. */
function namesOf({ options }: Sample): Names {
  const numeric = Object.keys(options).filter((name) => typeof options[name] === "number");
  return { ofClass: ["z", "p", "y", "t", "g"], ofExample: ["l", "n", "c", ...numeric] };
}

function evaluate(
  sample: Sample,
  arithmetic: Arithmetic,
  { losses, gradients }: { readonly losses: Expression | undefined; readonly gradients: Expression | undefined },
) {
  const { examples, classes } = sample;
  const scopes = Array.from({ length: examples }, (_, i) => scopeOf(sample, arithmetic, i));
  return {
    ...(losses && { losses: Float64Array.from(scopes, (scope) => losses(scope)(0)) }),
    ...(gradients && {
      gradients: Float64Array.from(
        scopes.flatMap((scope) => {
          const gradient = gradients(scope);
          return Array.from({ length: classes }, (_, j) => gradient(j));
        }),
      ),
    }),
  };
}

function scopeOf(sample: Sample, arithmetic: Arithmetic, i: number): Scope {
  const { classes, examples, rows, right, weights, denominator, loss } = sample;
  const { z, t, y, label } = rows[i]!;
  const temperature = numberOption(sample, "temperature") || 1;
  const p =
    loss.kind === "rowwise"
      ? arithmetic.softmax(z.map((logit) => logit / temperature))
      : z.map((logit) => arithmetic.sigmoid(logit));
  const weight = weights[i]!;
  const own: Readonly<Record<string, (j: number) => number>> = {
    z: (j) => z[j]!,
    p: (j) => p[j]!,
    y: (j) => label[j]!,
    t: (j) => t[j]!,
    // Before weights and mean, as a formula on paper has it.
    g: (j) => (weight === 0 ? 0 : (right.gradients[i * classes + j]! * denominator) / weight),
    l: () => (weight === 0 ? 0 : right.losses[i]! / weight),
    n: () => examples,
    c: () => classes,
  };
  return {
    classes,
    label: loss.kind === "rowwise" ? y : 0,
    arithmetic,
    value: (name, j) => (Object.hasOwn(own, name) ? own[name]!(j) : numberOption(sample, name)),
  };
}

/** The numbers of a table, by their case. A prediction has no regularisation yet, which a table has. */
function tableOf(table: readonly unknown[], samples: readonly Sample[], at: string): Form["variants"][number] {
  const { numbers, faults, malformed } = readClaims({ claims: [...table] }, samples);
  const wrong = [...faults, ...malformed].map(({ pointer, detail }) => ({
    pointer: pointer.replace("/submission/claims", `${at}/table`),
    detail,
  }));
  if (wrong.length > 0) throw Problem.of(wrong);
  return (_right, { id, linear }) => {
    const own = numbers.get(id);
    return own && linear ? regularise(linear.model, own, undefined, -1) : own;
  };
}
