// Every route and method, with every kind of credential: who gets in, who gets 401 and who 403, and that no key is told.
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashOf } from "#lossd/server/keys/key_file.js";
import { scopes } from "#lossd/server/kinds.js";
import { keyFile } from "../../harness/keys.js";
import { type Service, startService } from "../../harness/service.js";

const { file, tokens } = keyFile({
  computes: { scopes: ["compute"] },
  checks: { scopes: ["check"] },
  grades: { scopes: ["grade"] },
  watches: { scopes: ["metrics"] },
  all: { scopes },
  none: { scopes: [] },
});
const { all } = tokens;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Each with the scopes that it is good for; undefined: for none, and it is no key. */
const credentials: [what: string, headers: Record<string, string>, scopes: readonly string[] | undefined][] = [
  ["no key", {}, undefined],
  ["a key for compute", bearer(tokens.computes), ["compute"]],
  ["a key for check", bearer(tokens.checks), ["check"]],
  ["a key for grade", bearer(tokens.grades), ["grade"]],
  ["a key for metrics", bearer(tokens.watches), ["metrics"]],
  ["a key for nothing", bearer(tokens.none), []],
  ["a key for all, its scheme in small letters", { authorization: `bearer ${all}` }, scopes],
  ["a key for all as X-API-Key", { "x-api-key": all }, scopes],
  ["a key without its last letter", bearer(all.slice(0, -1)), undefined],
  ["a key's hash", bearer(hashOf(all).toString("hex")), undefined],
  ["a key by another scheme", { authorization: `Basic ${all}` }, undefined],
  ["a wrong Authorization beside a right X-API-Key", { authorization: "Bearer wrong", "x-api-key": all }, undefined],
];

/** What each path needs, by method; what is not named here is open, or not there. */
const needs: Record<string, string> = {
  "POST /v1/losses/mse": "compute",
  "POST /v1/losses/mse/": "compute",
  "POST /v1/losses/mean_squared_error": "compute",
  "POST /v1/losses/%6dse": "compute",
  "POST /v1/losses/mse/lines": "compute",
  "POST /v1/losses/mse/check": "check",
  "POST /v1/grade": "grade",
  "POST /v1/grade/batch": "grade",
  "POST /v1/cases": "grade",
  "POST /v2/models/mse/infer": "compute",
  "POST /v2/models/mse/versions/1/infer": "compute",
  "GET /v2/models/stats": "metrics",
  "GET /v2/models/mse/stats": "metrics",
  "GET /v2/models/mse/versions/1/stats": "metrics",
  "GET /metrics": "metrics",
};
const open = [
  ...[
    "/",
    "/docs",
    "/docs/static/swagger-ui.css",
    "/openapi.json",
    "/openapi-3.0.json",
    "/livez",
    "/readyz",
    "/healthz",
  ],
  ...[
    "/health/live",
    "/health/ready",
    "/v2/health/live",
    "/v2/health/ready",
    "/v1/losses",
    "/v1/losses/mse/curve?label=0",
  ],
  ...["/v1/mistakes", "/v2", "/v2/models", "/v2/models/mse", "/v2/models/mse/config", "/v2/models/mse/ready"],
  ...["/v2/repository/index", "/nothing", "//v1/losses/mse", "/V1/losses/mse", "/v1/losses/mse;a"],
];
const paths = [...new Set([...Object.keys(needs).map((route) => route.split(" ")[1]!), ...open])];
const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"];

let service: Service;
let answers = "";
let asked = 0;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

beforeAll(async () => {
  service = await startService({ API_KEYS_FILE: file, TRUST_PROXY: "127.0.0.1" });
});
afterAll(async () => {
  agent.destroy();
  await service.stop();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(method: string, path: string, headers: Record<string, string>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  // Each from an address of its own, because one that fails often is slowed down.
  const from = { "x-forwarded-for": `10.0.${asked >> 8}.${asked++ & 255}` };
  const type = /lines|batch/.test(path) ? "application/x-ndjson" : "application/json";
  const body = method === "POST" ? "{}" : "";
  const own = body && { "content-type": type, "content-length": String(body.length) };
  const asking = request(
    { agent, port: service.port, method, path, headers: { ...headers, ...from, ...own } },
    (reply) => {
      let text = "";
      reply.on("data", (chunk) => {
        text += String(chunk);
      });
      reply.on("end", () => {
        answers += JSON.stringify(reply.rawHeaders) + (path.startsWith("/docs/static") ? "" : text);
        resolve({ status: reply.statusCode!, headers: reply.headers, body: text });
      });
    },
  );
  asking.on("error", reject).end(body);
  return promise;
}

/** A route for GET answers HEAD too. */
const needOf = (method: string, path: string) => needs[`${method === "HEAD" ? "GET" : method} ${path}`];

test.each(credentials)("%s opens what it is for", async (_what, headers, good) => {
  const wrong: string[] = [];
  for (const path of paths) {
    for (const method of methods) {
      const { status, headers: reply } = await ask(method, path, headers);
      const need = needOf(method, path);
      const wanted = need === undefined || good?.includes(need) ? "let in" : good ? 403 : 401;
      const got = status === 401 || status === 403 ? status : "let in";
      const challenged = /^Bearer realm="lossd"/.test(reply["www-authenticate"] ?? "");
      if (got !== wanted || challenged !== (got !== "let in")) wrong.push(`${method} ${path}: ${status}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("the document names a key where one is needed, and nowhere else", async () => {
  const document = JSON.parse((await ask("GET", "/openapi.json", {})).body) as {
    components: { securitySchemes: object };
    paths: Record<string, Record<string, { security?: object }>>;
  };
  expect(document.components.securitySchemes).toMatchObject({ apiKey: { type: "http", scheme: "bearer" } });
  const secured = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { security }]) => (security ? `${method.toUpperCase()} ${path}` : [])),
  );
  const known = secured.map((route) => route.replace("{model}", "mse").replace("{version}", "1"));
  const hidden = ["POST /v1/losses/mse/", "POST /v1/losses/%6dse", "POST /v1/losses/mean_squared_error"];
  const ofOne = known.filter((route) => !route.includes("/v1/losses/") || /\/mse(\/|$)/.test(route));
  expect(ofOne.sort()).toEqual(
    Object.keys(needs)
      .filter((route) => !hidden.includes(route))
      .sort(),
  );
});

test("a refusal has each protocol's form", async () => {
  const v1 = await ask("POST", "/v1/losses/mse", {});
  expect([v1.status, v1.headers["content-type"]]).toEqual([401, "application/problem+json"]);
  expect(JSON.parse(v1.body)).toMatchObject({ code: "unauthorized", detail: expect.stringContaining("no API key") });
  const v2 = await ask("POST", "/v2/models/mse/infer", bearer(tokens.checks));
  expect([v2.status, v2.headers["content-type"]]).toEqual([403, "application/json"]);
  expect(JSON.parse(v2.body)).toEqual({ error: expect.stringContaining("scope compute") });
});

test("the log names the key that asked", async () => {
  await ask("POST", "/v1/losses/mse", bearer(tokens.computes));
  expect(await service.logged((line) => line["key"] === "computes")).toMatchObject({ route: "/v1/losses/mse" });
  await ask("POST", "/v1/losses/mse", bearer("wrong"));
  expect(await service.logged(({ status }) => status === 401)).not.toHaveProperty("key");
});

test("no reply, no metric and no line of the log holds a key or its hash", async () => {
  await ask("POST", `/v1/losses/mse?key=${all}`, { "x-request-id": all, ...bearer(all) });
  await ask("GET", `/${all}`, { cookie: all, referer: all });
  const { body } = await ask("GET", "/metrics", bearer(tokens.watches));
  expect(body).toContain("lossd_problems_total");
  const told = answers + JSON.stringify(service.lines) + body;
  const shown = Object.entries(tokens).filter(([, token]) => told.includes(token));
  // A caller may choose a key for a request's id, and gets it back: that is its own doing.
  expect(shown.filter(([name]) => name !== "all")).toEqual([]);
  const hashes = Object.values(tokens).map((token) => hashOf(token).toString("hex"));
  expect(hashes.filter((hash) => told.includes(hash))).toEqual([]);
});
