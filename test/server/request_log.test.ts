// The log's line of a request: every field is documented, probes are quiet, and the caller's trace and address are told.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyFile } from "../harness/keys.js";
import { RawClient } from "../harness/raw_client.js";
import { post, type Service, startService } from "../harness/service.js";

const { file, tokens } = keyFile({ someone: { scopes: ["compute"] } });
let service: Service;
let proxied: Service;

beforeAll(async () => {
  service = await startService();
  proxied = await startService({ TRUST_PROXY: "127.0.0.0/8,10.0.0.0/8", API_KEYS_FILE: file });
});
afterAll(() => Promise.all([service.stop(), proxied.stop()]));

const body = '{"logits":[1],"labels":[3]}';
const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

/** The line of the one request with that id. */
const lineOf = (of: Service, id: string) => of.logged(({ requestId }) => requestId === id);

test("every field that a line has stands in docs/operating.md, and the other way round", async () => {
  const page = readFileSync("docs/operating.md", "utf8");
  const table = page.slice(page.indexOf("<!-- fields -->"), page.indexOf("<!-- /fields -->"));
  const documented = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names]) => names!.split(", "));
  const headers = { traceparent, "x-api-key": tokens.someone };
  await post(proxied, "mse", body, headers);
  await post(proxied, "mse", "{", headers);
  await (await post(proxied, "mse/lines", `${body}\n`, { ...headers, "content-type": "application/x-ndjson" })).text();
  const leaver = await RawClient.connect(proxied.port);
  const headed = `x-api-key: ${tokens.someone}\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: 9`;
  await leaver.send(`POST /v1/losses/mse HTTP/1.1\r\nhost: a\r\n${headed}\r\n\r\n`);
  await leaver.reply();
  leaver.destroy();
  await proxied.logged(({ aborted }) => aborted === true);
  const fields = new Set(proxied.lines.filter(({ msg }) => msg === "request").flatMap((line) => Object.keys(line)));
  for (const always of ["level", "time", "pid", "hostname", "msg"]) fields.delete(always);
  expect([...fields].map((field) => `\`${field}\``).sort()).toEqual(documented.sort());
});

test.each(["/livez", "/readyz", "/healthz", "/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready"])(
  "%s is logged at debug",
  async (path) => {
    await fetch(service.url + path, { headers: { "x-request-id": `probe${path.replaceAll("/", ".")}` } });
    expect(await lineOf(service, `probe${path.replaceAll("/", ".")}`)).toMatchObject({ level: 20, status: 200 });
  },
);

describe("a traceparent", () => {
  test("is passed back, in a large reply too, and its trace is in the log", async () => {
    const many = JSON.stringify({ logits: Array(20_000).fill(0.5), labels: Array(20_000).fill(1) });
    for (const [id, text] of [
      ["small", body],
      ["large", many],
      ["refused", "{"],
    ] as const) {
      const reply = await post(service, "mse", text, { traceparent, "x-request-id": id });
      expect([id, reply.headers.get("traceparent")]).toEqual([id, traceparent]);
      expect(await lineOf(service, id)).toMatchObject({ traceId });
    }
  });

  test.each([
    ["none", undefined],
    ["of another version", traceparent.replace(/^00/, "ff")],
    ["of zeros", `00-${"0".repeat(32)}-b7ad6b7169203331-01`],
    ["without a span", `00-${traceId}-${"0".repeat(16)}-01`],
    ["in capitals", traceparent.toUpperCase()],
    ["with more behind it", `${traceparent}-x`],
  ])("%s is passed over", async (what, value) => {
    const id = what.replaceAll(" ", "-");
    const reply = await post(service, "mse", body, { "x-request-id": id, ...(value && { traceparent: value }) });
    expect([reply.status, reply.headers.get("traceparent")]).toEqual([200, null]);
    expect(await lineOf(service, id)).not.toHaveProperty("traceId");
  });
});

test.each([
  ["nobody's proxy", () => service, "203.0.113.7", "127.0.0.1"],
  ["one proxy", () => proxied, "203.0.113.7", "203.0.113.7"],
  ["two proxies", () => proxied, "203.0.113.7, 10.1.1.1", "203.0.113.7"],
  ["a proxy that passes on what is no address", () => proxied, '","level":60,"x":"', "unknown"],
  ["a liar before the proxy", () => proxied, "192.0.2.1, 203.0.113.7", "203.0.113.7"],
])("the address in the log, behind %s", async (what, of, forwarded, address) => {
  const id = what.replaceAll(/\W/g, "-");
  await fetch(`${of().url}/livez`, { headers: { "x-forwarded-for": forwarded, "x-request-id": id } });
  expect(await lineOf(of(), id)).toMatchObject({ address });
});
