/** A number that is asked for: where it stands in the service's reply. */
export interface Asked {
  readonly name: string;
  readonly output: "losses" | "gradients";
  readonly at: readonly number[];
}

/** One request of a lesson, whose numbers the reader works out first. */
export interface Part {
  readonly loss: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly asked: readonly Asked[];
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly parts: readonly Part[];
  /** Answers to choose from, of which one is right. */
  readonly choices?: { readonly words: readonly string[]; readonly right: number };
  /** What the numbers show, once they are there. */
  readonly insight: string;
  /** What the text behind the lessons says otherwise, and is not so. */
  readonly slip?: string;
  /** A place of this page with the same thing as a picture. */
  readonly picture?: readonly [words: string, place: string];
}

const one = (output: Asked["output"], name: string, ...at: readonly number[]): Asked => ({ output, name, at });

/** Loss and gradient of one logit, in their words. */
export function single(loss: string, name: string, z: number, y: number, options: object = {}): Part {
  const asked = [one("losses", `${name}: loss`, 0), one("gradients", `${name}: gradient`, 0)];
  return { loss, request: { logits: [z], labels: [y], ...options }, asked };
}

/** Losses of given probabilities. */
export function ofProbabilities(
  loss: string,
  names: readonly string[],
  probabilities: unknown,
  labels: unknown,
  options: object = {},
): Part {
  const asked = names.map((name, i) => one("losses", name, i));
  return { loss, request: { probabilities, labels, reduction: "none", ...options }, asked };
}

export { one as asked };
