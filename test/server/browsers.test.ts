// What a browser sends for pages of strangers, and what it may make of replies. test/clients/browser.sh has a real browser.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Headers, type RawReply, sendJson } from "../harness/raw_client.js";
import { type ProblemReply, type Service, startService } from "../harness/service.js";

const own = "lossd.example:8080";
const friend = "https://friend.example";
const body = '{"logits":[1],"labels":[3]}';
const curve = "GET /v1/losses/mse/curve";

let service: Service;

beforeAll(async () => {
  service = await startService({ CORS_ORIGINS: `${friend},http://localhost:3000` });
});
afterAll(() => service.stop());

const send = ({ port }: Service, line: string, headers: Headers = {}): Promise<RawReply> =>
  sendJson(port, line, body, { host: own, ...headers });
const post = (headers: Headers) => send(service, "POST /v1/losses/mse", headers);

describe("who may have the service compute", () => {
  test.each([
    ["a program", {}],
    ["its own page", { origin: `http://${own}`, "sec-fetch-site": "same-origin" }],
    ["its own page, by an older browser", { origin: `http://${own}` }],
    ["its own page behind a proxy that took TLS off", { origin: `https://${own}`, "sec-fetch-site": "same-origin" }],
    ["its own page at the port of the scheme", { host: "lossd.example:443", origin: "https://lossd.example" }],
    ["the address bar", { "sec-fetch-site": "none" }],
    ["an origin of CORS_ORIGINS", { origin: friend, "sec-fetch-site": "cross-site" }],
    ["another one of CORS_ORIGINS", { origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
  ])("%s may", async (_who, headers: Headers) => {
    expect((await post(headers)).status).toBe(200);
    expect((await send(service, curve, headers)).status).toBe(200);
  });

  test.each([
    ["another site", { origin: "http://evil.example" }],
    ["a page without an origin", { origin: "null" }],
    ["another port", { origin: "http://lossd.example:8081" }],
    ["the port of the scheme where the service has another", { origin: "http://lossd.example" }],
    ["a name that begins alike", { origin: "http://lossd.example:80801" }],
    ["a subdomain", { origin: "http://a.lossd.example:8080" }],
    ["an extension", { origin: `chrome-extension://${own}` }],
    ["two origins", { origin: `http://${own}, http://evil.example` }],
    ["an origin that is like one of CORS_ORIGINS", { origin: `${friend}.evil.example` }],
    ["an empty origin", { origin: "" }],
    ["a request across sites without an origin", { "sec-fetch-site": "cross-site" }],
    ["a request across origins without an origin", { "sec-fetch-site": "same-site" }],
    ["an unknown kind of request", { "sec-fetch-site": "new" }],
    ["an origin that is foreign, whatever the site", { origin: "http://evil.example", "sec-fetch-site": "none" }],
    ["a site that is foreign, whatever the origin", { origin: `http://${own}`, "sec-fetch-site": "cross-site" }],
  ])("%s may not", async (_who, headers: Headers) => {
    for (const reply of [await post(headers), await send(service, curve, headers)]) {
      expect(reply.status).toBe(403);
      expect(JSON.parse(reply.body)).toMatchObject({ code: "foreign_origin" } satisfies Partial<ProblemReply>);
      expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
    }
  });

  test.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["a form of text", { "content-type": "text/plain" }],
    ["a form with files", { "content-type": "multipart/form-data; boundary=a" }],
    ["a beacon", { "content-type": undefined }],
    ["lines", { "content-type": "application/x-ndjson" }],
  ])("no page of another origin may by %s", async (_what, headers: Headers) => {
    const foreign = { ...headers, origin: "http://evil.example" };
    for (const path of ["/v1/losses/mse", "/v1/losses/mse/check", "/v1/grade/batch", "/v2/models/mse/infer"]) {
      expect((await send(service, `POST ${path}`, foreign)).status).toBe(403);
    }
  });

  /** The operations that compute and draw nothing: documents, and the state of the service. */
  const open =
    /^(list_losses|describe_.*|mistakes|live|ready|metrics|v2_(live|ready|server|models|all_statistics|repository_index|(model|model_ready|config|statistics)(_version)?))$/;

  test("every operation but those that compute nothing refuses pages of other origins", async () => {
    const document = JSON.parse((await send(service, "GET /openapi.json")).body) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
    );
    expect(operations.length).toBeGreaterThan(90);
    const admitted: string[] = [];
    for (const { path, method, operationId } of operations) {
      const at = path.replace("{model}", "mse").replace("{version}", "1").replace("{losses}", "mse,l1");
      const { status } = await send(service, `${method.toUpperCase()} ${at}`, { origin: "http://evil.example" });
      if (status !== 403) admitted.push(operationId);
    }
    expect(admitted).toEqual(operations.map(({ operationId }) => operationId).filter((id) => open.test(id)));
  });

  test.each(["/", "/docs", "/openapi.json", "/openapi-3.0.json", "/v1/losses", "/v1/losses/mse", "/livez", "/v2"])(
    "a link of another site leads to %s",
    async (path) => {
      expect((await send(service, `GET ${path}`, { "sec-fetch-site": "cross-site" })).status).toBeLessThan(400);
    },
  );

  test("HEAD of a curve draws no more than GET", async () => {
    const reply = await fetch(`${service.url}/v1/losses/mse/curve`, { method: "HEAD", headers: { origin: "null" } });
    expect(reply.status).toBe(403);
  });
});

describe("pages of CORS_ORIGINS", () => {
  const asks = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,x-request-id",
  };

  test("get leave for what they ask, and may read the reply with its headers", async () => {
    const leave = await send(service, "OPTIONS /v1/losses/mse", { origin: friend, ...asks });
    expect(leave.status).toBe(204);
    expect(leave.headers).toMatchObject({
      "access-control-allow-origin": friend,
      "access-control-allow-methods": "GET, HEAD, POST",
      "access-control-allow-headers": asks["access-control-request-headers"],
      vary: "origin",
    });
    const reply = await post({ origin: friend });
    expect(reply.headers).toMatchObject({
      "access-control-allow-origin": friend,
      "access-control-expose-headers": "*",
      vary: "origin",
    });
  });

  test.each([
    ["a refusal", "POST /v1/losses/focal"],
    ["nothing", "GET /nothing"],
    ["the document", "GET /openapi.json"],
    ["a curve", curve],
  ])("may read %s", async (_what, line) => {
    const { headers } = await send(service, line, { origin: friend });
    expect(headers["access-control-allow-origin"]).toBe(friend);
    expect(headers["vary"]).toContain("origin");
  });

  test("may read a reply that is sent in slices", async () => {
    const many = `{"logits":[${"0.125,".repeat(20_000)}1],"labels":[${"3,".repeat(20_000)}1]}`;
    const reply = await fetch(`${service.url}/v1/losses/mse`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: friend },
      body: many,
    });
    expect(Number(reply.headers.get("content-length"))).toBeGreaterThan(1 << 16);
    expect(reply.headers.get("access-control-allow-origin")).toBe(friend);
    expect((await reply.json()) as object).toMatchObject({ valid_count: 20_001 });
  });

  test("are the only ones: another origin gets no leave, and no header that lets it read", async () => {
    const leave = await send(service, "OPTIONS /v1/losses/mse", { origin: "http://evil.example", ...asks });
    expect(leave.status).toBe(405);
    expect(Object.keys(leave.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    const { headers } = await send(service, "GET /v1/losses", { origin: "http://evil.example" });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("what a browser may make of a reply", () => {
  const noPage = "default-src 'none'; frame-ancestors 'none'";

  test.each([
    ["a computation", "POST /v1/losses/mse", noPage],
    ["a refusal", "POST /v1/losses/focal", noPage],
    ["nothing", "GET /nothing", noPage],
    ["the page", "GET /", expect.stringMatching(/^default-src 'none'; script-src 'self'/)],
    ["the catalogue", "GET /v1/losses", noPage],
    ["the document", "GET /openapi.json", noPage],
    ["health", "GET /livez", noPage],
    ["a path that cannot be decoded", "GET /%", noPage],
    ["what is no request", "GET", noPage],
    ["a plot", `${curve} `, "default-src 'none'; style-src 'unsafe-inline'"],
    ["the docs", "GET /docs", expect.stringMatching(/^default-src 'self'/)],
  ])("%s is what it says it is, and runs nothing from elsewhere", async (what, line, policy) => {
    const { headers } = await send(service, line.trim(), what === "a plot" ? { accept: "image/svg+xml" } : {});
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "content-security-policy": policy });
  });

  test("a reply in slices and a stream say so too", async () => {
    const many = `{"logits":[${"0.125,".repeat(20_000)}1],"labels":[${"3,".repeat(20_000)}1]}\n`;
    for (const type of ["application/json", "application/x-ndjson"]) {
      const init = { method: "POST", headers: { "content-type": type }, body: many };
      const { headers } = await fetch(`${service.url}/v1/losses/mse`, init);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe(noPage);
    }
  });
});
