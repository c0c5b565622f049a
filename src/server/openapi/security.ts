import { kindOf } from "../kinds.ts";

interface Document {
  components: { securitySchemes?: Record<string, object> };
  readonly paths: Readonly<Record<string, Record<string, object>>>;
}

/** Says of a service with keys which operations need one: Swagger UI then has a field for it. */
export function addSecurity(document: Document): void {
  document.components.securitySchemes = {
    apiKey: { type: "http", scheme: "bearer", description: "A key that `lossd key` has made." },
  };
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const { scope } = kindOf(method.toUpperCase(), path);
      if (scope !== undefined) Object.assign(operation, { security: [{ apiKey: [] }] });
    }
  }
}
