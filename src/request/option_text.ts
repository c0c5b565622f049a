/** What of a JSON Schema says how an option's text is to be read. */
export interface OptionSchema {
  readonly type?: string;
  readonly anyOf?: readonly OptionSchema[];
  readonly items?: OptionSchema;
}

const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The value that a text stands for: a text that fits no type of the schema stays a text, and the schema refuses it. */
export function typed(text: string, schema: OptionSchema): unknown {
  const choices = schema.anyOf ?? [schema];
  const list = choices.find(({ type }) => type === "array");
  if (list && (choices.length === 1 || text.includes(","))) {
    return text.split(",").map((item) => typed(item, list.items ?? {}));
  }
  const takes = (...types: string[]) => choices.some(({ type }) => type !== undefined && types.includes(type));
  if (takes("number", "integer") && numeric.test(text)) return Number(text);
  if (takes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}
