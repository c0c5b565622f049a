import type { FastifyInstance } from "fastify";

/** What metrics tell apart. Few, because each is a dozen series. */
export const operations = ["compute", "infer", "stream", "grade", "curve", "read", "health", "unmatched"] as const;
export type OperationName = (typeof operations)[number];

/** What an API key may be good for. */
export const scopes = ["compute", "check", "grade", "metrics"] as const;
export type Scope = (typeof scopes)[number];

/** What a route is to those that watch and guard the service. */
export interface Kind {
  readonly operation: OperationName;
  /** The scope that a key needs; undefined: the route is open, keys or not. */
  readonly scope: Scope | undefined;
}

declare module "fastify" {
  interface FastifyContextConfig {
    kind?: Kind;
  }
}

/** Every route of the service; the first line that fits counts. */
const kinds: readonly (readonly [route: RegExp, OperationName, Scope?])[] = [
  [/^POST \/v1\/losses\/[^/]+$/, "compute", "compute"],
  [/^POST \/v1\/losses\/[^/]+\/lines$/, "stream", "compute"],
  [/^POST \/v1\/losses\/[^/]+\/check$/, "grade", "check"],
  [/^POST \/v1\/(grade|cases)$/, "grade", "grade"],
  [/^POST \/v1\/grade\/batch$/, "stream", "grade"],
  [/^GET \/v1\/losses\/.+\/curve(\.svg)?$/, "curve"],
  [/^GET \/v1\/(losses(\/[^/]+)?|mistakes)$/, "read"],
  [/^POST \/v2\/models\/.+\/infer$/, "infer", "compute"],
  [/^GET \/v2\/models\/(.+\/)?stats$/, "read", "metrics"],
  [/^GET \/metrics$/, "read", "metrics"],
  [/^GET \/(health|v2\/health)\/(live|ready)$/, "health"],
  [/^GET \/(livez|readyz|healthz)$/, "health"],
  [/^(GET \/v2(\/models(\/.+)?)?|POST \/v2\/repository\/index)$/, "read"],
  [/^GET \/((docs|page)(\/.*)?|openapi(-3\.0)?\.json)?$/, "read"],
];

/** What a request is that no route takes. */
export const unmatched: Kind = { operation: "unmatched", scope: undefined };

/** Gives each route that is registered after this its kind. Throws for one that the table does not know. */
export function classifyRoutes(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
    const [method] = [route.method].flat();
    route.config = { ...route.config, kind: kindOf(method!, route.url) };
  });
}

/** The kind of a route. Throws an Error for one that the table does not know. */
export function kindOf(method: string, url: string): Kind {
  // Who may read a page may ask for its head.
  const route = `${method === "HEAD" ? "GET" : method} ${url}`;
  const found = kinds.find(([pattern]) => pattern.test(route));
  if (!found) throw new Error(`src/server/kinds.ts has no line for ${route}: it says which API keys may ask it`);
  const [, operation, scope] = found;
  return { operation, scope };
}
