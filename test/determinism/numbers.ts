// The numbers of a drawn request: what models give, what breaks doubles, and the edges of each domain.
import type { ElementDomain } from "#lossd/losses/loss.js";
import type { Random } from "./random.ts";

/** Where exponentials, their rounding or the doubles themselves end. */
const edges = [0, 1e-300, 5e-324, 1, 2, 30, 36.5, 37.5, 88, 709, 709.7, 745, 746, 1e5, 1e16, 1e300, Number.MAX_VALUE];

/** How large a request's logits are: one profile a request, so that rows of gentle numbers are drawn too. */
export type Profile = "gentle" | "wide" | "close" | "edges" | "any";
export const profiles: readonly Profile[] = ["gentle", "gentle", "gentle", "wide", "close", "edges", "any"];

export function drawLogit(random: Random, profile: Profile): number {
  switch (profile) {
    case "gentle":
      return random.between(-8, 8);
    case "wide":
      return random.between(-800, 800);
    case "close":
      return 3 + random.below(64) / 2 ** 48;
    case "edges":
      return random.pick(edges) * random.pick([1, -1]);
    case "any":
      return random.once(2) ? random.finite() : random.between(-40, 40);
  }
}

/** A probability: 0, 1 and their neighbours too. */
export function drawUnit(random: Random): number {
  return random.once(4)
    ? random.pick([0, 1, 0.5, 1 - 2 ** -53, 2 ** -53, 5e-324, random.small(), 1 - random.small()])
    : random.unit();
}

const labels: Record<ElementDomain, (random: Random) => number> = {
  real: (random) => (random.once(8) ? drawLogit(random, random.pick(profiles)) : random.between(-8, 8)),
  unit: (random) => (random.once(3) ? random.below(2) : drawUnit(random)),
  binary: (random) => random.below(2),
  signed: (random) => random.pick([-1, 1]),
  non_negative: (random) => (random.once(2) ? random.below(20) : random.between(0, 40)),
};

/** A label of an elementwise loss. */
export function drawLabel(random: Random, domain: ElementDomain): number {
  return labels[domain](random);
}

/** All on one class. */
export function drawOneHot(random: Random, classes: number): number[] {
  const one = random.below(classes);
  return random.list(classes, (c) => (c === one ? 1 : 0));
}

/** Probabilities of that many classes: hard ones, soft ones, sparse ones, and some that miss 1 as half precision does. */
export function drawDistribution(random: Random, classes: number): number[] {
  if (random.once(5)) return drawOneHot(random, classes);
  const sparse = random.once(3);
  const masses = random.list(classes, () => (sparse && random.once(2) ? 0 : 1 + random.below(1 << 20)));
  masses[random.below(classes)]! += 1;
  const sum = masses.reduce((a, b) => a + b, 0);
  const off = random.once(8) ? 1 - random.unit() / 2048 : 1;
  return masses.map((mass) => (mass / sum) * off);
}

/** A weight: finite, at least 0. */
export function drawWeight(random: Random): number {
  return random.once(3) ? random.pick([0, 0, 1, 2, 1e-300, 1e-30, 1e30, 0.1]) : random.between(0, 4);
}

interface OptionSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: OptionSchema;
  readonly anyOf?: readonly OptionSchema[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** A value that an option's schema allows. Throws an Error for a schema that it cannot read. */
export function drawOption(random: Random, name: string, schema: OptionSchema, classes: number): unknown {
  if (schema.enum) return random.pick(schema.enum);
  if (schema.anyOf) return drawOption(random, name, random.pick(schema.anyOf), classes);
  if (schema.type === "boolean") return random.once(2);
  if (schema.type === "array" && schema.items) {
    return random.list(classes, () => drawOption(random, name, schema.items!, classes));
  }
  if (schema.type === "integer")
    return random.pick([schema.minimum ?? -100, schema.maximum ?? (schema.minimum ?? 0) + 3]);
  if (schema.type !== "number") throw new Error(`cannot draw the option ${name}: ${JSON.stringify(schema)}`);
  const least = schema.minimum ?? schema.exclusiveMinimum ?? -2;
  const greatest = schema.maximum ?? schema.exclusiveMaximum ?? least + 4;
  if (random.once(4)) {
    const open = schema.maximum === undefined && schema.exclusiveMaximum === undefined;
    const inside = [schema.minimum, schema.maximum, (least + greatest) / 2, ...(open ? [1e3, greatest + 0.5] : [])];
    return random.pick(inside.filter((value) => value !== undefined));
  }
  // Halfway between two draws: never the bound itself, which may be excluded.
  return least + ((random.below(1 << 16) + 0.5) / (1 << 16)) * (greatest - least);
}
