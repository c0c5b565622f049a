import type { ElementDomain, Loss } from "../../losses/loss.ts";
import { greatest } from "./greatest.ts";
import type { Random } from "./random.ts";

type Options = Readonly<Record<string, unknown>>;

/** How far logits spread: far enough that classes differ, near enough that no exponential vanishes. */
const spread = 3;

const list = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const four = (value: number) => Math.round(value * 1e4) / 1e4;
const numberOf = (options: Options, name: string) => {
  const value = options[name];
  return typeof value === "number" ? value : undefined;
};

/** The same items in a drawn order (Fisher–Yates): no place in a batch says anything of an example. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** An example of an elementwise loss. */
interface Element {
  readonly logit: number;
  readonly label: number;
}

/**
 * Draw 3 of an elementwise loss: a logit of exactly 0, then every combination of label and side of each kink that the loss
 * knows, then others at random; all in a drawn order.
 */
export function completeElements(loss: Loss, options: Options, random: Random, count: number) {
  const domain = (typeof loss.labels === "function" ? loss.labels(options) : loss.labels) as ElementDomain;
  const makers = makersOf(domain, options, random);
  const zero: Element = { logit: 0, label: labelOf(domain, random) };
  const elements = [zero, ...makers.map((make) => make())].slice(0, count);
  while (elements.length < count) elements.push(makers[random.below(makers.length)]!());
  const order = shuffled(elements, random);
  return { logits: order.map(({ logit }) => logit), labels: order.map(({ label }) => label) };
}

function labelOf(domain: ElementDomain, random: Random): number {
  if (domain === "real") return random.between(-spread, spread);
  return domain === "non_negative" ? random.below(6) : 1;
}

function makersOf(domain: ElementDomain, options: Options, random: Random): readonly (() => Element)[] {
  if (domain === "real") return distances(options, random);
  if (domain === "non_negative") {
    const counts = [() => 0, () => 1, () => 2 + random.below(5)];
    return counts.flatMap((count) =>
      [-1, 1].map((sign) => () => ({ logit: sign * random.between(0.2, spread), label: count() })),
    );
  }
  const negative = domain === "signed" ? -1 : 0;
  const isMargin = domain === "signed" || options["label_encoding"] !== undefined;
  return isMargin ? margins(options, random, negative) : sides(random, negative);
}

/** Both labels, rightly and wrongly predicted; one label more often, since a balanced batch hides what is exchanged. */
function sides(random: Random, negative: number): readonly (() => Element)[] {
  const combinations = [1, 1, negative].flatMap((label) => [1, -1].map((right) => ({ label, right })));
  return combinations.map(({ label, right }) => () => ({
    logit: (label > 0 ? right : -right) * random.between(0.3, spread),
    label,
  }));
}

/** Both labels, each with its margin met, missed, and on the wrong side of 0. */
function margins(options: Options, random: Random, negative: number): readonly (() => Element)[] {
  const margin = numberOf(options, "margin") ?? 1;
  const places = [
    () => margin + random.between(0.3, 1.5),
    () => margin * random.between(0.2, 0.8),
    () => -random.between(0.2, 2),
  ];
  return places.flatMap((place) =>
    [1, negative].map((label) => () => ({ logit: four((label > 0 ? 1 : -1) * place()), label })),
  );
}

/** Predictions above and below the label, nearer and farther than where the loss bends. */
function distances(options: Options, random: Random): readonly (() => Element)[] {
  const bend = numberOf(options, "delta") ?? numberOf(options, "beta") ?? 1;
  const sizes = [() => bend * random.between(0.2, 0.8), () => bend + random.between(0.3, spread)];
  return sizes.flatMap((size) =>
    [1, -1].map((sign) => () => {
      const label = random.between(-spread, spread);
      return { logit: four(label + sign * size()), label };
    }),
  );
}

/**
 * Draw 3 of a rowwise loss: every class is a label where rows suffice; one row is right by more than the margin, one by
 * less, the others as they fall. Distributions have zeros where the loss is finite with them. Rows are in a drawn order.
 */
export function completeRows(loss: Loss, options: Options, random: Random, rows: number, columns: number) {
  const logits = list(rows, () => list(columns, () => random.between(-spread, spread)));
  if (loss.labels === "distribution") {
    const zeros = loss.name === "reverse_kl" ? 0 : Math.min(2, rows - 1);
    const labels = list(rows, (i) => distribution(columns, i < zeros ? 1 + random.below(columns - 1) : 0, random));
    return { logits, labels: shuffled(labels, random) };
  }
  const shift = random.below(columns);
  const labels = shuffled(
    list(rows, (i) => (i + shift) % columns),
    random,
  );
  const margin = Math.max(0.5, numberOf(options, "margin") ?? 1);
  for (const [i, lead] of [margin + random.between(0.2, 1), margin * random.between(0.2, 0.8)].entries()) {
    if (i >= rows - 1) break;
    const rivals = logits[i]!.filter((_, c) => c !== labels[i]);
    logits[i]![labels[i]!] = four(greatest(rivals) + lead);
  }
  const order = shuffled(
    labels.map((label, i) => ({ label, row: logits[i]! })),
    random,
  );
  if (options["ignore_index"] !== undefined && rows > 1) {
    order[rows - 1] = { ...order[rows - 1]!, label: options["ignore_index"] as number };
  }
  return { logits: order.map(({ row }) => row), labels: order.map(({ label }) => label) };
}

/** Masses with four decimals that sum to 1 exactly, so many of them 0. */
function distribution(columns: number, zeros: number, random: Random): number[] {
  const raw = shuffled(
    list(columns, (i) => (i < zeros ? 0 : 1 + random.below(40))),
    random,
  );
  const total = raw.reduce((sum, mass) => sum + mass, 0);
  const masses = raw.map((mass) => Math.floor((mass / total) * 1e4));
  const largest = masses.indexOf(greatest(masses));
  masses[largest]! += 1e4 - masses.reduce((sum, mass) => sum + mass, 0);
  return masses.map((mass) => mass / 1e4);
}
