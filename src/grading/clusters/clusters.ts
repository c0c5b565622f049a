import type { Fingerprint } from "./fingerprint.ts";

/** Submissions whose unexplained numbers are the same. */
export interface Cluster {
  readonly submissions: number;
  readonly outputs: readonly string[];
  /** What the numbers are: a multiple of the right ones, or where they lie. An output each. */
  readonly details: readonly string[];
  /** Their lines in the batch, the first `linesMax` of them. */
  readonly lines: readonly number[];
}

/** "37 submissions gave the same gradients, which is 0.25 × the right one". */
export function describeCluster({ submissions, outputs, details }: Cluster): string {
  const what = outputs.map((output, i) => `the same ${output}, which ${details[i]}`).join("; ");
  return `${submissions} submissions gave ${what}`;
}

/** A fingerprint, and the line of its submission. */
export interface Unexplained {
  readonly line: number;
  readonly fingerprint: Fingerprint;
}

/** Fingerprints that are kept: past these only submissions that are like one of them are counted with it. */
const kindsMax = 4096;
const linesMax = 100_000;

interface Kind {
  /** That of its most exactly printed submission. */
  fingerprint: Fingerprint;
  submissions: number;
  readonly lines: number[];
}

/** Sorts unexplained submissions by their numbers, in the order of their lines: the same batch gives the same clusters. */
export class Clusters {
  readonly #kinds: Kind[] = [];
  #unexplained = 0;
  #lines = 0;

  /** How many submissions have numbers that nothing explains. */
  get unexplained(): number {
    return this.#unexplained;
  }

  /** Those of two submissions and more, the largest first. */
  get shared(): readonly Cluster[] {
    return this.#kinds
      .filter(({ submissions }) => submissions > 1)
      .sort((one, other) => other.submissions - one.submissions || one.lines[0]! - other.lines[0]!)
      .map(({ submissions, lines, fingerprint: { outputs, details } }) => ({ submissions, outputs, details, lines }));
  }

  add({ line, fingerprint }: Unexplained): void {
    this.#unexplained++;
    const known = this.#kinds.find((kind) => agree(kind.fingerprint, fingerprint));
    if (!known && this.#kinds.length === kindsMax) return;
    const kind = known ?? { fingerprint, submissions: 0, lines: [] };
    if (!known) this.#kinds.push(kind);
    kind.submissions++;
    if (this.#lines++ < linesMax) kind.lines.push(line);
    if (grain(fingerprint) < grain(kind.fingerprint)) kind.fingerprint = fingerprint;
  }
}

function agree(one: Fingerprint, other: Fingerprint): boolean {
  if (one.claimed !== other.claimed || one.sums.length !== other.sums.length) return false;
  return one.sums.every((sum, i) => {
    const [a, b] = [sum, other.sums[i]!];
    return Object.is(a, b) || Math.abs(a - b) <= one.grains[i]! + other.grains[i]!;
  });
}

const grain = ({ grains }: Fingerprint) => grains.reduce((sum, one) => sum + one, 0);
