// The page at `/` as it is served: what it does in a browser is test/clients/page.sh.
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Service, startService } from "../harness/service.ts";
import { stubPool } from "../harness/stub_pool.ts";

const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'";

/** Bytes of a page's JavaScript, compressed, that a reader waits for before the first picture. */
const firstScriptBytesMax = 150_000;

let service: Service;
beforeAll(async () => {
  service = await startService({}, stubPool());
});
afterAll(() => service.stop());

/** What a document names, in its own words: relative addresses. */
const linksOf = (html: string) => [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map((match) => match[1]!);

describe("the page", () => {
  test("is served with the policy that lets in nothing from elsewhere", async () => {
    const reply = await fetch(service.url);
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(reply.headers.get("content-security-policy")).toBe(policy);
    expect(reply.headers.get("cache-control")).toBe("no-cache");
  });

  test("names its files relatively, so that it holds under any path of a proxy, and each is there for good", async () => {
    const html = await (await fetch(service.url)).text();
    expect(html).not.toMatch(/(?:src|href)="(?:\/|\w+:)/);
    const links = linksOf(html);
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const link of links) {
      const reply = await fetch(new URL(link, service.url));
      expect([link, reply.status, reply.headers.get("cache-control")]).toEqual([
        link,
        200,
        "public, max-age=31536000, immutable",
      ]);
    }
  });

  test("sends what it compressed to those who take it, and the same plain to others", async () => {
    const ask = (accepted: string) =>
      service.app.inject({ url: "/", headers: { "accept-encoding": accepted } }).then((reply) => reply);
    const [compressed, plain, refused] = [await ask("br, gzip"), await ask("identity"), await ask("gzip;q=0")];
    expect(compressed.headers["content-encoding"]).toBe("gzip");
    expect([plain.headers["content-encoding"], refused.headers["content-encoding"]]).toEqual([undefined, undefined]);
    expect(gunzipSync(compressed.rawPayload)).toEqual(plain.rawPayload);
    expect(plain.headers["vary"]).toBe("accept-encoding");
  });

  test("loads little JavaScript before its first picture", async () => {
    const html = await (await fetch(service.url)).text();
    const scripts = linksOf(html).filter((link) => link.endsWith(".js"));
    let bytes = 0;
    for (const script of scripts) {
      const reply = await service.app.inject({ url: script.slice(1), headers: { "accept-encoding": "gzip" } });
      bytes += reply.rawPayload.length;
    }
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThan(firstScriptBytesMax);
  });
});

describe("without the page", () => {
  test.each([
    ["PAGE=off", { PAGE: "off" }, undefined],
    ["a service for verdicts alone", {}, "check"],
  ] as const)("%s leads from / to the docs", async (_name, env, only) => {
    const other = await startService(env, stubPool(), only);
    const reply = await fetch(other.url, { redirect: "manual" });
    expect([reply.status, reply.headers.get("location")]).toEqual([302, "/docs"]);
    await other.stop();
  });
});
