// node test/clients/browser.ts CHROMIUM
// A real browser opens pages of strangers that try to have a local service compute, by every way a page has: fetch of each
// kind, forms, images, scripts, beacons. The service's log says what it computed: nothing. Then its own page and a page of
// CORS_ORIGINS ask, and are answered: the same ways do work where they may.
import process from "node:process";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Service, startService } from "./service.ts";

/** A name that the browser finds at this machine's own address, as a stranger's server of names can have it. */
const rebound = "rebound.example";

/** One way that a page has. Resolves to what the page sees of the reply: "unreadable" where the browser keeps it back. */
interface Way {
  readonly name: string;
  readonly run: (page: Page, service: string) => Promise<string>;
}

const batch = '{"logits":[1],"labels":[3]}';
const tensors = JSON.stringify({
  inputs: [
    { name: "logits", shape: [1], datatype: "FP64", data: [1] },
    { name: "labels", shape: [1], datatype: "FP64", data: [3] },
  ],
});

/** Calls a function of browser_page.js. */
const call = (page: Page, name: "ask" | "load" | "submit", ...values: unknown[]): Promise<string> =>
  page.evaluate(`${name}(${values.map((value) => JSON.stringify(value)).join(", ")})`);

function asking(name: string, path: string, init: object): Way {
  return { name, run: (page, service) => call(page, "ask", service + path, init) };
}

function loading(name: string, tag: "img" | "script" | "iframe", path: string): Way {
  return { name, run: (page, service) => call(page, "load", tag, service + path) };
}

function submitting(name: string, path: string, text: string): Way {
  const run = async (page: Page, service: string) => {
    const replied = page.waitForResponse((response) => response.request().method() === "POST");
    await call(page, "submit", service + path, text);
    return String((await replied).status());
  };
  return { name, run };
}

const json = { "content-type": "application/json" };
const ways: readonly Way[] = [
  asking("fetch of JSON", "/v1/losses/mse", { method: "POST", headers: json, body: batch }),
  asking("fetch without CORS", "/v1/losses/mse", { method: "POST", mode: "no-cors", body: batch }),
  asking("fetch of v2", "/v2/models/mse/infer", { method: "POST", body: tensors }),
  asking("fetch of v2 without CORS", "/v2/models/mse/infer", { method: "POST", mode: "no-cors", body: tensors }),
  asking("fetch of a curve", "/v1/losses/mse/curve", {}),
  asking("fetch of a curve without CORS", "/v1/losses/mse/curve", { mode: "no-cors" }),
  loading("image of a curve", "img", "/v1/losses/mse/curve"),
  loading("script of a curve", "script", "/v1/losses/mse/curve"),
  loading("frame of a curve", "iframe", "/v1/losses/mse/curve"),
  submitting("form for v2", "/v2/models/mse/infer", tensors),
  submitting("form for v1", "/v1/losses/mse", batch),
];

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.addInitScript({ path: "test/clients/browser_page.js" });
  return page;
}

/** A page of this origin, as if it had been loaded before the origin's name led to somewhere else. */
async function open(browser: Browser, origin: string): Promise<Page> {
  const page = await newPage(browser);
  const body = "<!doctype html><title>page</title><body></body>";
  await page.route(`${origin}/`, (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(origin);
  return page;
}

/** Tries every way from a page of `origin`, anew for each: a form leaves its page. */
async function tryAll(browser: Browser, origin: string, service: string): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>();
  for (const { name, run } of ways) {
    const page = await open(browser, origin);
    seen.set(name, await run(page, service));
    await page.close();
  }
  return seen;
}

const show = (seen: ReadonlyMap<string, string>) => [...seen].map(([name, told]) => `  ${name}: ${told}`).join("\n");

/** `at` is where the page looks for the service. */
async function expectNothing(browser: Browser, origin: string, { url, requests, stop }: Service, at = url) {
  const seen = await tryAll(browser, origin, at);
  await stop();
  const statuses = requests.map(({ status }) => status);
  process.stdout.write(`a page of ${origin} at ${at}: the service answered ${statuses.join(", ")}\n${show(seen)}\n`);
  expect(statuses.length >= 10, "the page did not get through to the service: that proves nothing");
  expect(
    statuses.every((status) => status >= 400),
    "the service computed for a page of another origin",
  );
  for (const [name, told] of seen) expect(!/"loss|<svg|^2/.test(told), `${name}: the page was told ${told}`);
}

async function expectAnswer(page: Page, { url }: Service): Promise<void> {
  const told = await ways[0]!.run(page, url);
  process.stdout.write(`${page.url()}: ${told}\n`);
  expect(told.startsWith('200 {"loss":4,'), `${page.url()} was told ${told}`);
  await page.close();
}

async function main([executablePath]: readonly string[]): Promise<void> {
  if (!executablePath) throw new Error("usage: browser.ts CHROMIUM");
  const args = [`--host-resolver-rules=MAP ${rebound} 127.0.0.1`, "--no-sandbox"];
  // Chromium's own fence between pages and local addresses is not what is tested: other browsers have none.
  args.push("--disable-features=LocalNetworkAccessChecks");
  const browser = await chromium.launch({ executablePath, args });
  try {
    await expectNothing(browser, "http://stranger.example", await startService());
    await expectNothing(browser, "http://127.0.0.1:3000", await startService());
    const victim = await startService();
    const same = `http://${rebound}:${new URL(victim.url).port}`;
    await expectNothing(browser, same, victim, same);
    const service = await startService({ CORS_ORIGINS: "http://friend.example" });
    await expectAnswer(await open(browser, "http://friend.example"), service);
    const docs = await newPage(browser);
    await docs.goto(`${service.url}/docs`);
    await expectAnswer(docs, service);
    await service.stop();
  } finally {
    await browser.close();
  }
}

await main(process.argv.slice(2));
