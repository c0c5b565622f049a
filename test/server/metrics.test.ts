// GET /metrics: its format, its bound on series, and that its numbers are the log's.
import { afterEach, describe, expect, test } from "vitest";
import { CounterMemory } from "#lossd/server/metrics/counters.js";
import { freePort } from "../harness/free_port.js";
import { parseMetrics, total } from "../harness/prometheus.js";
import { exchange } from "../harness/raw_client.js";
import { type LogLine, post, type Service, startService } from "../harness/service.js";
import { answered, stubPool } from "../harness/stub_pool.js";

let service: Service;
afterEach(() => service.stop());

const body = '{"logits":[[2.0,1.0,0.1]],"labels":[1]}';

async function metricsOf(url: string) {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return parseMetrics(await response.text());
}

const requestLines = () => service.lines.filter(({ msg }) => msg === "request" || msg === "request refused");
const isOf = (path: string) => (line: LogLine) => line["route"] === path;

/** Asks what is right, what is refused, what is not there and what is no HTTP. */
async function askAll(): Promise<void> {
  const path = "/v1/losses/cross_entropy";
  await post(service, "cross_entropy", body);
  await post(service, "cross_entropy", "{");
  await post(service, "cross_entropy", '{"logits":[1],"labels":[5]}');
  await post(service, "mse/lines", '{"logits":[1],"labels":[5]}\n', { "content-type": "application/x-ndjson" });
  await post(service, "mse", '{"logits":[1],"labels":[5]}\n', { "content-type": "application/x-ndjson" });
  await post(service, "mse/check", '{"logits":[1],"labels":[5],"claim":{"loss":1}}');
  for (const one of ["/livez", "/nothing", `${path}/curve?label=0`, "/v1/losses", "/v2/models/mse", "/"]) {
    await fetch(service.url + one, { redirect: "manual" });
  }
  await fetch(service.url + path, { method: "DELETE" });
  await fetch(`${service.url}/livez`, { method: "HEAD" });
  await exchange(service.port, "FOO / HTTP/1.1\r\nhost: a\r\n\r\n");
  await exchange(service.port, "GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  await exchange(service.port, "CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n");
}

describe("the metrics", () => {
  test("are of the format, under 300 series, and no request adds one", async () => {
    service = await startService();
    await metricsOf(service.url);
    const names = async () => [...(await metricsOf(service.url)).values()].flatMap(({ series }) => [...series.keys()]);
    const ours = async () => (await names()).filter((name) => !name.startsWith("nodejs_gc"));
    const before = await ours();
    await askAll();
    for (let count = 0; count < 100; count++) await fetch(`${service.url}/v1/losses/random-${count}`);
    expect(await ours()).toEqual(before);
    expect((await names()).length).toBeLessThan(300);
  });

  test("add up to the log's lines, by status class, method, problem and bytes", async () => {
    service = await startService();
    await askAll();
    await service.logged((line) => line["method"] === "HEAD");
    const metrics = await metricsOf(service.url);
    const lines = requestLines().filter((line) => line["route"] !== "/metrics");
    expect(lines.length).toBeGreaterThan(14);
    const count = (fits: (line: LogLine) => boolean) => lines.filter(fits).length;
    expect(total(metrics, "lossd_requests_total")).toBe(lines.length);
    for (const digit of [2, 3, 4, 5]) {
      const ofClass = count(({ status }) => Math.floor(status! / 100) === digit);
      expect(total(metrics, "lossd_requests_total", new RegExp(`"${digit}xx"`)), `${digit}xx`).toBe(ofClass);
    }
    for (const method of ["GET", "HEAD", "POST"]) {
      const ofMethod = count((line) => line["method"] === method);
      expect(total(metrics, "lossd_requests_by_method_total", new RegExp(`"${method}"`))).toBe(ofMethod);
    }
    const known = new Set(["GET", "HEAD", "POST", "OPTIONS"]);
    const others = count((line) => !known.has(String(line["method"])));
    expect(others).toBeGreaterThan(2);
    expect(total(metrics, "lossd_requests_by_method_total", /_OTHER/)).toBe(others);
    for (const code of new Set(lines.flatMap((line) => line["code"] ?? []))) {
      const ofCode = count((line) => line["code"] === code);
      expect(total(metrics, "lossd_problems_total", new RegExp(`"${code}"`)), String(code)).toBe(ofCode);
    }
    expect(total(metrics, "lossd_problems_total")).toBe(count((line) => line["code"] !== undefined));
    const bytes = lines.reduce((sum, line) => sum + Number(line["bytes"] ?? 0), 0);
    expect(total(metrics, "lossd_request_body_bytes_total")).toBe(bytes);
    const requests = count(({ msg }) => msg === "request");
    expect(total(metrics, "http_server_request_duration_seconds_count")).toBe(requests);
    expect(total(metrics, "http_server_request_duration_seconds_bucket", /\+Inf/)).toBe(requests);
  });

  test("tell operations apart", async () => {
    service = await startService();
    const asked = [
      ["compute", "POST /v1/losses/mse"],
      ["stream", "POST /v1/losses/mse/lines"],
      ["grade", "POST /v1/grade"],
      ["infer", "POST /v2/models/mse/infer"],
      ["curve", "GET /v1/losses/mse/curve"],
      ["read", "GET /v1/losses/mse"],
      ["health", "GET /v2/health/ready"],
      ["unmatched", "DELETE /v1/losses/mse/curve"],
    ] as const;
    for (const [, route] of asked) {
      const [method, path] = route.split(" ") as [string, string];
      const headers = { "content-type": path.endsWith("lines") ? "application/x-ndjson" : "application/json" };
      await (await fetch(service.url + path, { method, ...(method === "POST" && { headers, body: "{}" }) })).text();
    }
    await service.logged((line) => line["method"] === "DELETE");
    const metrics = await metricsOf(service.url);
    const counts = asked.map(([operation]) => [
      operation,
      total(metrics, "lossd_requests_total", new RegExp(`operation="${operation}"`)),
    ]);
    expect(counts).toEqual(asked.map(([operation]) => [operation, 1]));
  });

  test("say where the time of a computation went", async () => {
    service = await startService({}, stubPool({ run: async () => answered("{}") }));
    await post(service, "cross_entropy", body);
    await service.logged(isOf("/v1/losses/cross_entropy"));
    const metrics = await metricsOf(service.url);
    const ms = (phase: string) => 1000 * total(metrics, "lossd_phase_duration_seconds_sum", new RegExp(`"${phase}"`));
    const counts = total(metrics, "lossd_phase_duration_seconds_count");
    expect([ms("queue"), ms("parse"), ms("compute"), ms("print"), counts]).toEqual([0.5, 1, 2, 3, 6]);
    expect(ms("receive")).toBeGreaterThan(0);
    expect(ms("send")).toBeGreaterThan(0);
  });

  test("say what is at work, what waits and which workers ended", async () => {
    const stats = { queued: 3, running: 2, inFlight: 5, restarts: 1 };
    const pool = Object.assign(stubPool(), { stats, queuedMs: 1500, restartsBy: { deadline: 1 } });
    service = await startService({}, pool);
    void post(service, "cross_entropy", body).catch(() => undefined);
    await pool.nextJob();
    const metrics = await metricsOf(service.url);
    expect(total(metrics, "lossd_queue_length")).toBe(3);
    expect(total(metrics, "lossd_queue_seconds")).toBe(1.5);
    expect(total(metrics, "lossd_tasks_running")).toBe(2);
    expect(total(metrics, "lossd_worker_restarts_total", /deadline/)).toBe(1);
    expect(total(metrics, "lossd_requests_in_flight")).toBe(2);
    expect(total(metrics, "lossd_body_bytes_in_flight")).toBeGreaterThanOrEqual(body.length);
    expect(total(metrics, "lossd_ready")).toBe(1);
  });

  test("have a port of their own with METRICS_PORT, which answers nothing else", async () => {
    const port = await freePort();
    service = await startService({ METRICS_PORT: String(port) }, stubPool());
    expect((await metricsOf(`http://127.0.0.1:${port}`)).size).toBeGreaterThan(20);
    for (const url of [
      `${service.url}/metrics`,
      `http://127.0.0.1:${port}/livez`,
      `http://127.0.0.1:${port}/nothing`,
    ]) {
      const response = await fetch(url);
      expect([url, response.status, ((await response.json()) as { code: string }).code]).toEqual([
        url,
        404,
        "not_found",
      ]);
    }
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  });
});

test("the counters of several threads add up, and of their times the latest counts", async () => {
  service = await startService({}, stubPool());
  const first = new CounterMemory(2, 0);
  const second = new CounterMemory(2, 1, first.buffer);
  const record = { startedAt: 0, deadlineMs: 0, continued: false, bytes: 7, loss: "mse", rows: 2, timings: {} };
  for (const { own } of [first, second, second]) own.note("compute", "POST", 200, 1, record);
  expect(first.sum()).toEqual(second.sum());
  const counted = first.sum().filter((value) => value === 3).length;
  expect(counted).toBeGreaterThanOrEqual(4);
  expect(Math.max(...first.sum())).toBeLessThanOrEqual(Date.now());
});

test("to count a request takes a microsecond at most", async () => {
  service = await startService({}, stubPool());
  const { own } = new CounterMemory();
  const timings = { queue: 0, parse: 1, compute: 1, print: 1 };
  const known = { startedAt: 0, deadlineMs: 0, receivedAt: 1, sendingAt: 2, continued: false, bytes: 7, timings };
  const record = { ...known, loss: "mse" };
  const requests = 20_000;
  const microseconds = Array.from({ length: 20 }, () => {
    // This thread's own time: on a busy machine the clock also counts what others do.
    const before = process.threadCpuUsage();
    for (let count = 0; count < requests; count++) own.note("compute", "POST", 200, 3, record);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / requests;
  });
  expect(Math.min(...microseconds)).toBeLessThan(1);
});
