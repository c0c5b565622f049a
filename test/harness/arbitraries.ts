import fc from "fast-check";
import type { Loss, RowDomain } from "#lossd/losses/loss.js";
import type { Request } from "./ask.js";

/** A request of N examples, drawn from the domains that the loss itself declares. */
export interface Drawn {
  readonly loss: Loss;
  readonly request: Request & { logits: unknown[]; labels: unknown[] };
  readonly examples: number;
  readonly classes: number;
}

/** Logits that a model gives, and some that no model should. */
export const logit = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -8, max: 8, noNaN: true }) },
  { weight: 2, arbitrary: fc.double({ min: -800, max: 800, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 36.5, -36.5, 37.5, 745, -745, 1e-300) },
);

/** Small logits without kinks nearby: for finite differences. */
export const gentleLogit = fc.double({ min: -4, max: 4, noNaN: true });

function label(loss: Loss, options: Request): fc.Arbitrary<number> {
  const domain = typeof loss.labels === "function" ? loss.labels(options) : loss.labels;
  switch (domain) {
    case "real":
      return fc.double({ min: -8, max: 8, noNaN: true });
    case "unit":
      return fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    case "binary":
      return fc.constantFrom(0, 1);
    case "signed":
      return fc.constantFrom(-1, 1);
    case "non_negative":
      return fc.double({ min: 0, max: 20, noNaN: true });
    default:
      throw new Error(`${loss.name} has rows`);
  }
}

interface OptionSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly OptionSchema[];
  readonly items?: OptionSchema;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

function option(schema: OptionSchema, classes: number): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => option(one, classes)));
  if (schema.items) return fc.array(option(schema.items, classes), { minLength: classes, maxLength: classes });
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "integer") return fc.constantFrom(schema.minimum ?? -100, schema.maximum ?? -100);
  const min = schema.minimum ?? (schema.exclusiveMinimum === undefined ? -2 : schema.exclusiveMinimum + 0.25);
  const max = schema.maximum ?? (schema.exclusiveMaximum === undefined ? 4 : schema.exclusiveMaximum - 0.25);
  return fc.double({ min, max, noNaN: true });
}

/** The loss's own scalar options, some given and some left at their defaults. */
export function options(loss: Loss, classes: number): fc.Arbitrary<Request> {
  const scalars = Object.entries(loss.options.properties).filter(([name]) => name !== "class_weights");
  const arbitraries = Object.fromEntries(
    scalars.map(([name, schema]) => [name, option(schema as OptionSchema, classes)]),
  );
  return fc.record(arbitraries, { requiredKeys: [] });
}

/** A distribution over that many classes. */
export function distribution(classes: number): fc.Arbitrary<number[]> {
  return fc
    .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: classes, maxLength: classes })
    .map((masses) => {
      const sum = masses.reduce((a, b) => a + b, 0);
      return masses.map((mass) => mass / sum);
    });
}

type Form = "index" | "distribution" | "one_hot";

/** What the labels of rows may be, by what the loss takes. */
const forms: Readonly<Record<RowDomain, readonly Form[]>> = {
  class_or_distribution: ["index", "distribution"],
  class: ["index", "one_hot"],
  distribution: ["distribution"],
};

/** A batch for a loss of either kind; `form` chooses what the labels of rows are, of what the loss takes. */
export function batch(loss: Loss, z = logit, form?: Form): fc.Arbitrary<Drawn> {
  const takenForms = loss.kind === "rowwise" ? forms[loss.labels as RowDomain] : (["index"] as const);
  return fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 5 }), fc.constantFrom(...takenForms))
    .chain(([examples, classes, drawn]) => options(loss, classes).map((given) => ({ examples, classes, given, drawn })))
    .chain(({ examples, classes, given, drawn }) => {
      const rows = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: examples, maxLength: examples });
      const rowwise = loss.kind === "rowwise";
      const rowLabels: Readonly<Record<Form, fc.Arbitrary<unknown>>> = {
        index: fc.nat(classes - 1),
        distribution: distribution(classes),
        one_hot: fc.nat(classes - 1).map((y) => Array.from({ length: classes }, (_, c) => (c === y ? 1 : 0))),
      };
      const rowLabel = rowLabels[form ?? drawn];
      const { normalize_labels, ...others } = given;
      // Of class indices there is nothing to normalize, which is refused.
      const taken = (form ?? drawn) === "distribution" || normalize_labels !== true ? given : others;
      return fc
        .record({
          logits: rows<unknown>(rowwise ? fc.array(z, { minLength: classes, maxLength: classes }) : z),
          labels: rows<unknown>(rowwise ? rowLabel : label(loss, given)),
        })
        .map((tensors) => ({ loss, request: { ...taken, ...tensors }, examples, classes: rowwise ? classes : 1 }));
    });
}
