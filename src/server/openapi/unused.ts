interface Document {
  tags?: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: { schemas?: Record<string, unknown> };
}

/** Takes out the tags and the schemas that nothing in the document uses: a service of some routes has fewer. */
export function removeUnused(document: Document): void {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  const used = new Set(operations.flatMap((operation) => ("tags" in operation ? (operation.tags as string[]) : [])));
  document.tags = (document.tags ?? []).filter(({ name }) => used.has(name));
  const schemas = document.components.schemas ?? {};
  // A schema that goes may have been the only user of another one.
  for (let before = -1; before !== Object.keys(schemas).length; ) {
    before = Object.keys(schemas).length;
    const text = JSON.stringify(document);
    for (const name of Object.keys(schemas)) if (!text.includes(`/schemas/${name}"`)) delete schemas[name];
  }
}
