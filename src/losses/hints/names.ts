import { losses } from "../registry.ts";
import { didYouMean, plain } from "./nearest.ts";

/** What is no loss's name here, and near none, by its letters alone. */
const elsewhere: Readonly<Record<string, string>> = {
  nll: "cross_entropy takes log-probabilities as logits",
  nllloss: "cross_entropy takes log-probabilities as logits",
  logloss: "binary_cross_entropy has two classes, cross_entropy more",
  l2: "it is mse here",
  rmse: "its square is mse",
  pinball: "l1 is twice its value at the quantile 0.5",
  quantile: "l1 is twice its value at the quantile 0.5",
  svm: "hinge has two classes, multiclass_hinge and multi_margin more",
};

/** Which loss was probably meant; "" if none is near. */
export function lossHint(name: string): string {
  const known = losses.flatMap((loss) => [loss.name, ...loss.aliases]);
  return elsewhere[plain(name)] ?? didYouMean(name, known);
}

/** Every loss, and what else they are called, for a message. */
export function lossNames(): string {
  const names = losses.map(({ name }) => name).join(", ");
  return `${names}; aliases: ${losses.flatMap(({ aliases }) => aliases).join(", ")}`;
}

/** That there is no loss of this name, and which was meant. */
export function noLoss(name: string): string {
  const shown = JSON.stringify(name.slice(0, 60));
  const hint = lossHint(name);
  return `there is no loss called ${shown}${hint && `: ${hint}`}`;
}
