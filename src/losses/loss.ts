import type { TObject, TProperties, TSchema } from "typebox";
import type { UnboundedForm } from "./unbounded/form.ts";

/** What a label of an elementwise loss may be: any number, in [0, 1], 0 or 1, −1 or 1, at least 0. All are finite. */
export type ElementDomain = "real" | "unit" | "binary" | "signed" | "non_negative";

/**
 * What a label of a rowwise loss may be. class_or_distribution: a class index, or a distribution over the classes; its
 * rank says which. class: a class index, or the same as a one-hot row. distribution: a distribution over the classes, or
 * a teacher's logits instead of labels, as the input `label_logits`.
 */
export type RowDomain = "class_or_distribution" | "class" | "distribution";

export type LabelDomain = ElementDomain | RowDomain;

/**
 * What the formula is made of, which decides what can go wrong with it. cross_entropy: the negative logarithm of a
 * likelihood, in nats. focal: that times a power of a probability. divergence: between two distributions. hinge: of
 * missed margins. square: of an error or of a missed margin. distance: another distance of prediction and label. rate: of
 * a count and its rate.
 */
export type Family = "cross_entropy" | "focal" | "divergence" | "hinge" | "square" | "distance" | "rate";

/** One example as a kink sees it: its logits, its label or its class, the weight of that class, all options. */
export interface KinkExample {
  readonly z: Float64Array;
  readonly y: number;
  readonly classWeight: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The derivatives of one example at a kink: each entry lies between two numbers, and those of a row may sum to 0. */
export interface Subgradients {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly sumsToZero: boolean;
}

/** A request body and what it must give: shown on the loss's page, sent by Swagger UI, run by the tests. */
export interface Example {
  readonly summary: string;
  readonly request: Readonly<Record<string, unknown>>;
}

/** The libraries whose choices a request can ask for by name. pytorch includes torchvision. */
export const libraries = ["pytorch", "keras", "optax"] as const;
export type Library = (typeof libraries)[number];

/** What one library does by default for one loss, in this service's options. */
export interface Preset {
  /** What the library calls the loss. */
  readonly call: string;
  /** The options that the preset sets, common ones too, where the caller left them out. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options that it sets where labels are distributions: they win over `options`. */
  readonly distributions?: Readonly<Record<string, unknown>>;
  /** The same where the input has three axes or more. */
  readonly deep?: Readonly<Record<string, unknown>>;
  /** The most axes that the library's input has, where that is less than ours. */
  readonly rankMax?: number;
  /** Whether its mean divides by the length of the input's first axis, which no value of mean_over says. */
  readonly meanOverFirstAxis?: true;
  /** What no option can say: one sentence. */
  readonly note?: string;
}

/**
 * A loss as data. Its folder's name is its public name, and is written nowhere else; the formula itself is
 * `kernel.ts` beside the definition, compiled to WebAssembly and exported under the same name.
 */
export interface Definition<Options extends TProperties = TProperties> {
  /** elementwise: logits and labels of one shape. rowwise: the class axis is last. */
  readonly kind: "elementwise" | "rowwise";
  readonly family: Family;
  readonly aliases: readonly string[];
  readonly summary: string;
  /** What is dropped or special, one sentence each: conventions, kinks, what other libraries do. */
  readonly notes: readonly string[];
  readonly formula: { readonly text: string; readonly latex: string };
  readonly gradient: { readonly text: string; readonly latex: string };
  /** Where there are kinks: the derivatives of an example that lies at one, before weights; undefined off them. */
  readonly kink?: (example: KinkExample) => Subgradients | undefined;
  /** The activation that turns a logit into a prediction. */
  readonly activation: "identity" | "sigmoid" | "softmax";
  readonly labels: LabelDomain | ((options: Record<string, unknown>) => LabelDomain);
  /** Whether a logit of ±Infinity gives the loss's limit. Without it such logits are refused. */
  readonly infiniteLogits: boolean;
  /** Inputs and outputs beyond logits, labels, losses and gradients that this loss has. */
  readonly supports: {
    readonly probabilities: boolean;
    readonly accuracy: boolean;
    readonly decomposition: boolean;
  };
  /** The options of this loss alone, with defaults, bounds and descriptions. */
  readonly options: TObject<Options>;
  /**
   * The options that the kernel reads, in the order of its parameter slots: a number, a boolean as 0 or 1, the
   * place of a word among its enum's, the address of one number a class, and −1 for an option that is off.
   */
  readonly parameters: readonly (keyof Options & string)[];
  /** The loss of numbers without bounds, for the examples whose steps leave the doubles; without it they stay as they are. */
  readonly unbounded?: UnboundedForm;
  /** The libraries that have this loss. What they get wrong (NaN, clamps, clips) is not reproduced. */
  readonly presets?: Partial<Readonly<Record<Library, Preset>>>;
  /** Where the definition comes from: a paper or a text. */
  readonly source: string;
  readonly examples: readonly [Example, ...Example[]];
}

export function defineLoss<Options extends TProperties>(definition: Definition<Options>): Definition<Options> {
  return definition;
}

/** Whether an option's schema allows a list: one number a class, or one for all. */
export function isPerClass(schema: TSchema): boolean {
  const { type, anyOf }: { type?: string; anyOf?: readonly TSchema[] } = schema;
  return type === "array" || (anyOf ?? []).some(isPerClass);
}

/** A definition under its name, as the registry holds it. */
export interface Loss extends Definition {
  readonly name: string;
}
