interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly components: { readonly responses?: Readonly<Record<string, unknown>> };
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, unknown>> }>>>
  >;
}

/**
 * A document for people: what the replies of an operation that are no success have in common is shown once, with a table
 * of what they say. For programs each status stands by itself.
 */
export function withOneProblem<Some extends Document>(document: Some): Some {
  const shared = (document.components.responses ?? {}) as Readonly<Record<string, Response>>;
  const paths = Object.entries(document.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [
        method,
        { ...operation, responses: mergedProblems(operation.responses, shared) },
      ]),
    ),
  ]);
  return { ...document, paths: Object.fromEntries(paths) };
}

function mergedProblems(responses: Readonly<Record<string, unknown>>, shared: Readonly<Record<string, Response>>) {
  const own: Record<string, unknown> = {};
  const rows: string[] = [];
  let content: Response["content"];
  for (const [status, response] of Object.entries(responses)) {
    const problem = shared[(response as Response).$ref?.replace("#/components/responses/", "") ?? ""];
    if (!problem) {
      own[status] = response;
      continue;
    }
    content ??= problem.content;
    rows.push(`| ${status} | ${problem.description} |`);
  }
  if (!content) return own;
  const description = [
    "No success: one shape for all.",
    "",
    "| status | code and what it means |",
    "| --- | --- |",
    ...rows,
  ];
  return { ...own, default: { description: description.join("\n"), content } };
}
