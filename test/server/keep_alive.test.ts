// A connection that is used again and again stays open, and its requests leave nothing behind.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { RawClient } from "../harness/raw_client.js";
import { startService } from "../harness/service.js";

const body = '{"logits":[1,2],"labels":[3,4]}';
const request = `POST /v1/losses/mse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("20,000 small requests leave nothing in memory", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const service = await startService({ LOG_LEVEL: "silent" });
  const client = await RawClient.connect(service.port);
  const heapAfter = async (requests: number) => {
    for (let i = 0; i < requests; i++) {
      await client.send(request);
      expect((await client.reply()).status).toBe(200);
    }
    (service.lines as unknown[]).length = 0;
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapAfter(2_000);
  const after = await heapAfter(20_000);
  expect(after - before).toBeLessThan(15 * 1024 * 1024);
  client.destroy();
  await service.stop();
});

test("a keep-alive client outlives REQUEST_TIMEOUT_MS and the margin behind it", async () => {
  const timeoutMs = 100;
  // What Node's own timers add to a deadline.
  const marginMs = 5000;
  const service = await startService({ REQUEST_TIMEOUT_MS: String(timeoutMs), HEADERS_TIMEOUT_MS: String(timeoutMs) });
  const client = await RawClient.connect(service.port);
  const until = performance.now() + timeoutMs + marginMs + 1000;
  let answered = 0;
  while (performance.now() < until) {
    await client.send(request);
    expect((await client.reply()).status).toBe(200);
    answered++;
  }
  expect(answered).toBeGreaterThan(100);
  client.destroy();
  await service.stop();
});
