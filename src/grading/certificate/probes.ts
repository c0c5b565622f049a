import type { Engine } from "../../engine/engine.ts";
import type { Loss } from "../../losses/loss.ts";
import { Problem } from "../../problems.ts";
import { drawCase } from "../task/draw.ts";
import { SeededRandom } from "../task/random.ts";
import { readCase } from "../task/read_case.ts";
import type { Sample } from "../task/sample.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Another case that a task could have: with its options, and with weights, masks or a model where its own cases have them. */
export interface Probe {
  /** What is different about it, after "a case". */
  readonly what: string;
  readonly sample: Sample;
}

/** Far enough for clips at 1e-15, and for exponentials beyond the doubles. */
const scales = [1, 15, 300];
const seed = 1;

/** Cases like those of a task, in other sizes and of other scales. */
export function probesOf(engine: Engine, loss: Loss, options: Fields, cases: readonly Fields[]): readonly Probe[] {
  const { class_axis: _axis, ...others } = options;
  const all = cases.some((fields) => fields["weights"] !== undefined)
    ? modelsOf(loss, others, cases)
    : batchesOf(loss, others, cases);
  return all.flatMap(({ what, fields }) => {
    try {
      return [{ what, sample: readCase(engine, loss, what, { ...others, ...fields }) }];
    } catch (error) {
      // What the options do not allow is no case of this task.
      if (error instanceof Problem) return [];
      throw error;
    }
  });
}

interface Described {
  readonly what: string;
  readonly fields: Fields;
}

const matrixOf = (value: unknown) => (Array.isArray(value) ? (value as readonly (readonly number[])[]) : []);

function batchesOf(loss: Loss, options: Fields, cases: readonly Fields[]): Described[] {
  const classes = classesOf(loss, options, cases);
  const sizes: readonly { rows?: number; columns?: number; what: string }[] =
    loss.kind === "rowwise"
      ? [
          { columns: classes, what: "of another number of rows than classes" },
          { rows: classes, columns: classes, what: "of as many rows as classes" },
        ]
      : [{ what: "drawn anew" }, { rows: 7, columns: 3, what: "whose logits are a matrix" }];
  return sizes.flatMap(({ what, ...size }) => {
    const drawn = drawCase(loss, options, { draw: 3 }, { id: "probe", generate: { seed, ...size } }, 0);
    const rows = (drawn["logits"] as readonly unknown[]).length;
    const fields = { ...drawn, ...likeThose(options, cases, rows, classes, drawn) };
    return scales.map((scale) => ({
      what: scale === 1 ? what : `${what}, with logits of up to ±${3 * scale}`,
      fields: { ...fields, logits: scaled(drawn["logits"], scale) },
    }));
  });
}

function modelsOf(loss: Loss, options: Fields, cases: readonly Fields[]): Described[] {
  const classes = matrixOf(cases.find((one) => one["weights"] !== undefined)!["weights"])[0]!.length;
  const isRowwise = loss.kind === "rowwise";
  const has = (name: string) => cases.some((one) => one[name] !== undefined);
  const l2 = cases.some((one) => Number(one["l2"]) > 0) ? { l2: 0.1 } : {};
  const shapes = [
    { rows: classes === 7 ? 11 : 7, features: classes === 4 ? 3 : 4, what: "of other sizes" },
    { rows: classes, features: classes, what: "of as many rows and features as classes" },
    { rows: classes + 2, features: classes + 2, what: "of as many rows as features" },
  ];
  return shapes.flatMap(({ rows, features, what }) => {
    const random = new SeededRandom(seed);
    const matrix = (height: number, width: number) =>
      Array.from({ length: height }, () => Array.from({ length: width }, () => random.between(-1, 1)));
    const generate = { seed, rows: isRowwise ? rows : rows * classes, ...(isRowwise && { columns: classes }) };
    const { logits: _logits, ...drawn } = drawCase(loss, options, { draw: 3 }, { id: "probe", generate }, 0);
    const inputs = matrix(rows, features);
    const weights = matrix(features, classes);
    const fields = {
      ...drawn,
      ...likeThose(options, cases, generate.rows, classes, drawn),
      inputs,
      ...(has("bias") && { bias: matrix(1, classes)[0] }),
      ...l2,
    };
    return scales.map((scale) => ({
      what: scale === 1 ? what : `${what}, with weights of up to ±${scale}`,
      fields: { ...fields, weights: scaled(weights, scale) },
    }));
  });
}

/** As many as the cases have, or as the options name. */
function classesOf({ kind }: Loss, options: Fields, cases: readonly Fields[]): number {
  if (kind === "elementwise") return 1;
  const named = [options["class_weights"], options["alpha"]].find(Array.isArray);
  const width = cases.map((one) => matrixOf(one["logits"])[0]?.length).find((one) => one !== undefined);
  return named?.length ?? (typeof width === "number" ? width : 5);
}

/** The tensors that some case has beside logits and labels, for so many rows. */
function likeThose(options: Fields, cases: readonly Fields[], rows: number, classes: number, drawn: Fields): Fields {
  const given = (name: string) => cases.find((one) => one[name] !== undefined)?.[name];
  const each = (make: (i: number) => unknown) => Array.from({ length: rows }, (_, i) => make(i));
  const list = (name: string, length: number) => {
    const value = given(name);
    return options[name] === undefined && Array.isArray(value) && value.length === length ? { [name]: value } : {};
  };
  const isSoft = given("label_logits") === undefined && Array.isArray(matrixOf(given("labels"))[0]);
  const labels = drawn["labels"];
  const isIndexed = Array.isArray(labels) && typeof labels[0] === "number" && classes > 1;
  return {
    ...(given("sample_weights") !== undefined && { sample_weights: each((i) => 0.5 + (i % 3) / 2) }),
    ...(given("mask") !== undefined && { mask: each((i) => (i === rows - 1 ? 0 : 1)) }),
    ...list("class_weights", classes),
    ...list("class_mask", classes),
    ...(isSoft && isIndexed && { labels: each((i) => shared(labels[i] as number, i, rows, classes)) }),
  };
}

/** A label of two classes, most of it of one. */
function shared(label: number, i: number, rows: number, classes: number): number[] {
  const rest = (1 + i) / (4 * rows);
  return Array.from({ length: classes }, (_, c) => (c === label ? 1 - rest : c === (label + 1) % classes ? rest : 0));
}

/** Nested numbers times a factor. */
export function scaled(value: unknown, scale: number): unknown {
  return Array.isArray(value) ? value.map((one) => scaled(one, scale)) : (value as number) * scale;
}
