import type { Media } from "../../wire/format.ts";

export interface Described {
  readonly responses: Record<string, unknown>;
  readonly requestBody?: { readonly content: Record<string, object> };
}

/** Describes another media type of an operation: what it takes, and what it replies. */
export function addMedia({ requestBody, responses }: Described, { type, holds }: Media, examples?: object): void {
  requestBody!.content[type] = {
    schema: { type: "string", description: holds?.request },
    ...(examples && { examples }),
  };
  const computed = responses[200] as { content: Record<string, object> };
  computed.content[type] = { schema: { type: "string", description: holds?.reply } };
}
