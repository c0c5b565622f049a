import { findMistake } from "../mistakes/catalogue.ts";
import type { OutputName } from "../task/sample.ts";

const spoken: Readonly<Record<OutputName, string>> = {
  loss: "loss",
  losses: "losses",
  gradients: "gradient",
  gradients_weights: "gradient by the weights",
  gradients_bias: "gradient by the bias",
  gradients_inputs: "gradient by the inputs",
};

/** What a sentence of the catalogue speaks of: any output, or those of one kind. */
const subject = /^Your (numbers|loss|losses|gradient|loss and gradient) match(?:es)? /;
const kinds: Readonly<Record<string, RegExp>> = { loss: /^loss/, losses: /^loss/, gradient: /^gradients/ };

/**
 * The teacher's sentence for a mistake, or the catalogue's, which then speaks of the outputs that the mistake made wrong: of
 * several mistakes that came together, each of its own.
 */
export function sentenceOf(id: string, wrong: readonly OutputName[], own?: Readonly<Record<string, string>>): string {
  if (own && Object.hasOwn(own, id)) return own[id]!;
  const { student } = findMistake(id)!;
  const kind = kinds[subject.exec(student)?.[1] ?? ""];
  const ofKind = kind ? wrong.filter((output) => kind.test(output)) : wrong;
  const outputs = ofKind.length > 0 ? ofKind : wrong;
  const names = outputs.map((output) => spoken[output]);
  const last = names.at(-1)!;
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last;
  const verb = names.length > 1 || outputs[0] === "losses" ? "match" : "matches";
  return student.replace(subject, `Your ${list} ${verb} `);
}
