import type { Loss } from "../loss.ts";

/** A number, or a tensor. */
interface Leaf {
  /**
   * examples: one number an example. input: one for each number of the input. number: one in all. These three are
   * float32 where the input is, a double never is. count: a whole number, at least 0.
   */
  readonly shape: "examples" | "input" | "number" | "double" | "count";
  /** Its name as an output of a model in v2, where that is another one. */
  readonly tensorName?: string;
  readonly description: string | ((loss: Loss) => string);
}

interface Word {
  readonly shape: "word";
  readonly words: readonly string[];
  readonly description?: string;
}

interface Group {
  readonly shape: "group";
  readonly fields: Readonly<Record<string, Leaf | Group>>;
  readonly description?: string;
}

export type Field = Leaf | Word | Group;

export type ReplyField = Field & {
  /** When a reply has it; absent: always. asked: where the request lists it in `outputs`. */
  readonly when?: "asked" | "reduced" | "a mean" | "given probabilities";
  /** A request without `outputs` asks for it. */
  readonly byDefault?: true;
  /** Whether a loss has it; absent: all losses do. */
  readonly of?: (loss: Loss) => boolean;
  /** What a field that is not asked for is in v2; those that are asked for are tensors. */
  readonly inV2?: "tensor" | "parameter";
};

const termsOf = <const Term extends Leaf>(term: Term) => ({ cross_entropy: term, entropy: term, kl_divergence: term });

/** The fields of a reply, in their order: replies in JSON and of v2, the library's types and the schemas are made of them. */
export const replyFields = {
  loss: {
    shape: "number",
    when: "reduced",
    inV2: "tensor",
    description: 'The reduced loss. Absent with reduction "none".',
  },
  losses: {
    shape: "examples",
    when: "asked",
    byDefault: true,
    description: "One a row or element: weighted, before the reduction.",
  },
  gradients: {
    shape: "input",
    when: "asked",
    byDefault: true,
    description: "The shape of the input: the derivative of the loss, or of each example's own with sum and none.",
  },
  gradient_wrt: {
    shape: "word",
    words: ["probabilities"],
    when: "given probabilities",
    inV2: "parameter",
    description: "There when probabilities were given instead of logits.",
  },
  decomposition: {
    shape: "group",
    when: "asked",
    of: (loss) => loss.supports.decomposition,
    fields: {
      ...termsOf({ shape: "examples", description: "Per example, before sample weights." }),
      mean: {
        shape: "group",
        fields: termsOf({
          shape: "number",
          description: "The weighted mean: over what mean_over says, under sum and none too.",
        }),
      },
    },
    description: "cross_entropy = entropy + kl_divergence, for the effective target.",
  },
  probabilities: {
    shape: "input",
    when: "asked",
    of: (loss) => loss.activation !== "identity",
    description: (loss) => `The ${loss.activation} of the logits.`,
  },
  accuracy: {
    shape: "group",
    when: "asked",
    of: (loss) => loss.supports.accuracy,
    fields: {
      correct: { shape: "examples", tensorName: "accuracy", description: "1 or 0 an example." },
      mean: { shape: "number", description: "Over the kept examples." },
    },
  },
  reduction: { shape: "word", words: ["mean", "sum", "none"] },
  denominator: {
    shape: "double",
    when: "a mean",
    inV2: "parameter",
    description: "What the mean divided by. Absent without a mean.",
  },
  loss_sum: {
    shape: "number",
    inV2: "parameter",
    description: "The correctly rounded sum of the weighted losses.",
  },
  weight_sum: { shape: "double", inV2: "parameter", description: "The sum of the weights of the kept examples." },
  valid_count: { shape: "count", inV2: "parameter", description: "Examples that count." },
  ignored_count: { shape: "count", inV2: "parameter", description: "Examples left out by mask or ignore_index." },
  nonfinite_count: {
    shape: "count",
    inV2: "parameter",
    description: "Infinities among the losses and gradients returned, and the loss.",
  },
} as const satisfies Readonly<Record<string, ReplyField>>;

type Table = typeof replyFields;

type ValueOf<Is, Tensor> = Is extends { readonly shape: "examples" | "input" }
  ? Tensor
  : Is extends { readonly words: readonly (infer Word)[] }
    ? Word
    : Is extends { readonly fields: infer Fields }
      ? { readonly [Name in keyof Fields]: ValueOf<Fields[Name], Tensor> }
      : number;

type NamesWith<Kind> = { [Name in keyof Table]: Table[Name] extends Kind ? Name : never }[keyof Table];
type Sometimes = NamesWith<{ readonly when: string }>;

/** A reply, with tensors of any kind. */
export type ReplyOf<Tensor> = {
  readonly [Name in Exclude<keyof Table, Sometimes>]: ValueOf<Table[Name], Tensor>;
} & { readonly [Name in Sometimes]?: ValueOf<Table[Name], Tensor> };

/** What a request may ask for in `outputs`. */
export type Output = NamesWith<{ readonly when: "asked" }>;

/** What a request that names no outputs gets of them. */
export type DefaultOutput = NamesWith<{ readonly byDefault: true }>;

export const replyEntries: readonly (readonly [string, ReplyField])[] = Object.entries(replyFields);

const outputs = replyEntries.filter(([, field]) => field.when === "asked");

/** What a request asks for that does not say. */
export const defaultOutputs = outputs.flatMap(([name, { byDefault }]) => (byDefault ? [name] : []));

/** Whether replies for a loss may have that field. */
export function hasField(loss: Loss, name: string): boolean {
  const { of }: ReplyField = replyFields[name as keyof Table];
  return of?.(loss) ?? true;
}

/** The outputs that a loss has. */
export function outputsOf(loss: Loss): string[] {
  return outputs.flatMap(([name]) => (hasField(loss, name) ? [name] : []));
}

/** A tensor of a reply, under its name as an output of a model. */
export interface ReplyTensor {
  readonly name: string;
  /** A number is a tensor in v2. */
  readonly shape: "number" | "examples" | "input";
  /** The reply's field that it is, or that has it as a member. */
  readonly field: string;
  /** The member of that field that it is. */
  readonly member?: string;
}

/** All tensors of a reply. */
export const replyTensors: readonly ReplyTensor[] = replyEntries.flatMap(([name, field]): ReplyTensor[] => {
  if (field.shape !== "group") return isTensor(field) ? [{ name, shape: field.shape, field: name }] : [];
  return Object.entries(field.fields).flatMap(([member, is]) =>
    is.shape === "examples" || is.shape === "input"
      ? [{ name: is.tensorName ?? member, shape: is.shape, field: name, member }]
      : [],
  );
});

function isTensor(field: ReplyField): field is ReplyField & { readonly shape: ReplyTensor["shape"] } {
  return field.shape === "examples" || field.shape === "input" || field.inV2 === "tensor";
}
