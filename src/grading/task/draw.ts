import type { Loss } from "../../losses/loss.ts";
import { completeElements, completeRows } from "./complete.ts";
import { drawModel } from "./draw_model.ts";
import { greatest } from "./greatest.ts";
import { type Random, SecretRandom, SeededRandom } from "./random.ts";
import type { Task, TaskCase } from "./task.ts";

/** What decides a task's draws beside its cases. */
export type Drawing = Pick<Task, "draw" | "secret">;

/** Primes that are no multiple of each other: N and C, and what a mistake makes of them, are then told apart. */
const standard = { rows: 7, columns: 5 };

/** A model has numbers of its own: no attempt at a batch comes so far. */
const modelsFrom = 1000;

/** How far logits spread: far enough that classes differ, near enough that no exponential vanishes. */
const spread = 3;

/**
 * A task that does not say how it draws is an old one, and keeps its cases; only of losses with a margin it does not, as the
 * old draws had no negative example whose margin is met.
 */
export function drawOf(loss: Loss, options: Readonly<Record<string, unknown>>, { draw }: Drawing): number {
  return draw ?? (isMargin(loss, options) ? 3 : 1);
}

function isMargin({ labels }: Loss, options: Readonly<Record<string, unknown>>): boolean {
  return typeof labels === "function" || options["label_encoding"] !== undefined;
}

/** The numbers of a case: of draw 1, and without a secret, by its seed alone. */
function randomOf(draw: number, secret: string | undefined, { id, generate }: TaskCase, attempt: number): Random {
  const seed = generate?.seed;
  if (draw === 1 || (draw === 3 && secret === undefined))
    return new SeededRandom((seed! + attempt * 1_000_003) % Number.MAX_SAFE_INTEGER);
  const name = seed === undefined ? `case ${JSON.stringify(id)}` : `seed ${seed}`;
  return new SecretRandom(secret ?? "", `${name}, attempt ${attempt}`, draw);
}

/** Rows where the task leaves them open: so many that no factor N is the number of classes, τ or δ as well. */
function rowsOf(options: Readonly<Record<string, unknown>>, columns: number): number {
  const taken = [columns, ...Object.values(options)];
  return [standard.rows, 11, 13].find((rows) => !taken.includes(rows)) ?? standard.rows;
}

/**
 * The tensors of a case, drawn from a secret or a seed: the same on every machine. Each class is a label where rows suffice, labels
 * and predictions disagree, signs and magnitudes are mixed, and an elementwise batch has one logit of exactly 0.
 */
export function drawCase(
  loss: Loss,
  options: Readonly<Record<string, unknown>>,
  drawing: Drawing,
  one: TaskCase,
  attempt: number,
): Readonly<Record<string, unknown>> {
  const batch = drawBatch(loss, options, drawing, one, attempt);
  const { features, ...scales } = one.generate!;
  if (features === undefined) return batch;
  const draw = drawOf(loss, options, drawing);
  return drawModel(loss, batch, { features, ...scales }, randomOf(draw, drawing.secret, one, attempt + modelsFrom));
}

function drawBatch(
  loss: Loss,
  options: Readonly<Record<string, unknown>>,
  drawing: Drawing,
  one: TaskCase,
  attempt: number,
): Record<string, unknown> {
  const { columns } = one.generate!;
  const draw = drawOf(loss, options, drawing);
  const open =
    draw === 3 ? rowsOf(options, loss.kind === "rowwise" ? (columns ?? standard.columns) : 1) : standard.rows;
  const { rows = open } = one.generate!;
  const random = randomOf(draw, drawing.secret, one, attempt);
  const weights =
    options["mean_over"] === "weights" ? { sample_weights: list(rows, () => random.between(0.5, 2)) } : {};
  if (loss.kind === "rowwise") {
    const drawn = draw === 3 ? completeRows : olderRows;
    return { ...drawn(loss, options, random, rows, columns ?? standard.columns), ...weights };
  }
  const count = rows * (columns ?? 1);
  const { logits, labels } = (draw === 3 ? completeElements : olderElements)(loss, options, random, count);
  if (columns === undefined) return { logits, labels };
  const nested = (values: readonly number[]) => list(rows, (i) => values.slice(i * columns, (i + 1) * columns));
  return { logits: nested(logits), labels: nested(labels) };
}

const list = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

function olderRows(
  loss: Loss,
  options: Readonly<Record<string, unknown>>,
  random: Random,
  rows: number,
  columns: number,
): Record<string, unknown> {
  const logits = list(rows, () => list(columns, () => random.between(-spread, spread)));
  if (loss.labels === "distribution") {
    return { logits, labels: list(rows, () => distribution(columns, random)) };
  }
  const shift = random.below(columns);
  const labels = list(rows, (i) => (i + shift) % columns);
  // One prediction is right, and the others are mostly wrong, as the draw has it.
  const best = logits[0]!.indexOf(greatest(logits[0]!));
  labels[0] = best;
  if (options["ignore_index"] !== undefined && rows > 1) labels[rows - 1] = options["ignore_index"] as number;
  return { logits, labels };
}

/** Positive masses with four decimals that sum to 1 exactly. */
function distribution(columns: number, random: Random): number[] {
  const raw = list(columns, () => 1 + random.below(40));
  const total = raw.reduce((sum, mass) => sum + mass, 0);
  const masses = raw.map((mass) => Math.floor((mass / total) * 1e4));
  masses[0]! += 1e4 - masses.reduce((sum, mass) => sum + mass, 0);
  return masses.map((mass) => mass / 1e4);
}

function olderElements(loss: Loss, options: Readonly<Record<string, unknown>>, random: Random, count: number) {
  const domain = typeof loss.labels === "function" ? loss.labels(options) : loss.labels;
  const labels = list(count, (i) => {
    if (domain === "real") return random.between(-spread, spread);
    if (domain === "non_negative") return random.below(6);
    // Two thirds are positive: a balanced batch hides what is exchanged.
    return i % 3 === 1 ? (domain === "signed" ? -1 : 0) : 1;
  });
  const logits = list(count, (i) => (i === 1 ? 0 : random.between(-spread, spread)));
  const margin = typeof options["margin"] === "number" ? options["margin"] : 1;
  // A margin loss shows itself only where some margins are met, some missed, and some predictions wrong, on both sides.
  if (domain === "signed" || options["label_encoding"] !== undefined) {
    const scores = [margin + 0.75, margin / 2, -0.5];
    for (let i = 2; i < count; i++) {
      const sign = labels[i]! > 0 ? 1 : -1;
      logits[i] = Math.round((sign * scores[i % 3]! + random.between(-0.2, 0.2)) * 1e4) / 1e4;
    }
  }
  return { logits, labels };
}
