// What the bench says of a server: warm before it is measured, and with its processor time.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { cpuSecondsOf } from "../../bench/http/cpu.mjs";
import { measures } from "../../bench/http/measure.mjs";

let server: Server;
afterEach(() => server?.close());

async function listen(): Promise<{ target: { url: string; headers: object; body: Buffer }; asked: () => number }> {
  let count = 0;
  server = createServer((request, response) => {
    count++;
    request.resume().on("end", () => response.setHeader("content-length", 2).end("ok"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { target: { url, headers: {}, body: Buffer.from("hello") }, asked: () => count };
}

test.each(["rate", "latency"] as const)(
  "a round of a %s begins when the server is warm, and takes its time",
  async (measure) => {
    const { target, asked } = await listen();
    let cpu = 0;
    const how = { seconds: 0.03, connections: 2, cpuSeconds: () => cpu++ };
    const round = await measures[measure].prepare(target, how);
    const before = asked();
    expect(before).toBeGreaterThan(0);
    cpu = 0;
    const started = performance.now();
    const { figure, cpuMs } = await round();
    expect(performance.now() - started).toBeGreaterThanOrEqual(30);
    // One second, over the requests of this round alone.
    expect(cpuMs).toBeCloseTo(1000 / (asked() - before), 9);
    expect(figure).toBeGreaterThan(0);
  },
);

test.runIf(process.platform === "linux")("processor time is that of all of a group's processes", () => {
  const group = Number(/\) \S \d+ (\d+)/.exec(readFileSync("/proc/self/stat", "latin1"))?.[1]);
  const first = cpuSecondsOf(group)!;
  // A tick is 10 ms of processor time, which a busy machine gives late.
  const { user } = process.cpuUsage();
  while (process.cpuUsage().user - user < 50_000);
  expect(first).toBeGreaterThan(0);
  expect(cpuSecondsOf(group)).toBeGreaterThan(first);
  expect(cpuSecondsOf(-1)).toBe(0);
});
