import { losses as registered } from "./losses/registry.ts";
import { describe } from "./losses/schemas/catalogue.ts";

export { compute } from "./library/compute.ts";
export type * from "./library/types.ts";
export { type Fault, Problem, type ProblemCode } from "./problems.ts";
export { version } from "./version.ts";

/** What there is to compute: name, aliases, formula, gradient, options and examples of each loss. */
export const losses = registered.map(describe);
