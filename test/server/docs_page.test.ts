// The page under /docs, and how it and the documents are sent.
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askCoded } from "../harness/coded.js";
import { type Service, startService } from "../harness/service.js";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const get = (path: string, init?: RequestInit) => fetch(service.url + path, { redirect: "manual", ...init });

test("the docs take nothing from elsewhere", async () => {
  const page = await get("/docs");
  const html = await page.text();
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
  expect(sources.length).toBeGreaterThan(5);
  for (const source of sources.filter((one) => one !== ".")) {
    expect(source).toMatch(/^(docs\/static|openapi)/);
    expect((await get(`/${source}`)).status).toBe(200);
  }
  const start = await (await get("/docs/static/start.js")).text();
  expect(start).toMatch(/docExpansion: "none",\s+filter: true,[\s\S]*validatorUrl: null/);
  const slash = await get("/docs/");
  expect([slash.status, slash.headers.get("location")]).toEqual([302, "../docs"]);
});

test("what the docs show has one reply for all problems, with a table of them", async () => {
  const { paths } = (await (await get("/docs/openapi.json")).json()) as {
    paths: Record<string, Record<string, { responses: Record<string, { description: string; content: object }> }>>;
  };
  const { responses } = paths["/v1/losses/mse"]!["post"]!;
  expect(Object.keys(responses)).toEqual(["200", "default"]);
  expect(Object.keys(responses["default"]!.content)).toEqual(["application/problem+json"]);
  const { description } = responses["default"]!;
  expect(description).toMatch(/\n\| 400 \| .*`invalid_json`: The body is not valid JSON\./);
  expect(description).toMatch(/\n\| 504 \| `deadline_exceeded`/);
  expect(Object.keys(paths["/v2/models/{model}/infer"]!["post"]!.responses["default"]!.content)).toEqual([
    "application/json",
  ]);
});

describe("pages and documents are compressed beforehand", () => {
  const paths = [
    "/docs",
    "/docs/static/swagger-ui-bundle.js",
    "/docs/openapi.json",
    "/openapi.json",
    "/openapi-3.0.json",
  ];
  test.each(paths)("%s is the same by gzip and plain", async (path) => {
    const packed = await askCoded(service, path, "br, gzip;q=0.5");
    const plain = await askCoded(service, path, "gzip;q=0, identity");
    expect([packed, plain].map(({ headers }) => headers["content-encoding"])).toEqual(["gzip", undefined]);
    expect(packed.headers.vary).toContain("accept-encoding");
    expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
    expect(packed.bytes.length).toBeLessThan(0.7 * plain.bytes.length);
  });

  test("a file that the browser has is not sent again", async () => {
    const etag = (await get("/docs/static/style.css")).headers.get("etag")!;
    const again = await get("/docs/static/style.css", { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });
});
