// A worker that dies under load takes no request with it, whole or cut.
import type { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { post, startService } from "./service.js";

const rows = 3000;
const requests = 48;
const body = JSON.stringify({
  logits: Array.from({ length: rows }, (_, row) => [row / 7, -row / 3, 0.1]),
  labels: Array.from({ length: rows }, (_, row) => row % 3),
});

test.each([
  { how: "whole", cutBytesMin: 2 ** 30, atOnce: 12 },
  { how: "cut", cutBytesMin: 1024, atOnce: 1 },
])("$how requests are all answered, and alike, when a worker dies under them", async ({ cutBytesMin, atOnce }) => {
  const workers: Worker[] = [];
  const notice = (worker: Worker) => workers.push(worker);
  process.on("worker", notice);
  const service = await startService({ WORKERS: "2", CUT_BYTES_MIN: String(cutBytesMin) });
  const replies: string[] = [];
  const client = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const response = await post(service, "cross_entropy", body);
      replies.push(`${response.status} ${await response.text()}`);
    }
  };
  const clients = Array.from({ length: atOnce }, () => client(requests / atOnce));
  // One death, in the middle of the work: no request meets two.
  await expect.poll(() => replies.length, { interval: 1 }).toBeGreaterThan(0);
  void workers[0]!.terminate();
  await service.logged(({ msg }) => msg === "a worker was replaced");
  await expect.poll(() => workers.length).toBe(3);
  await Promise.all(clients);
  expect(replies).toHaveLength(requests);
  expect(new Set(replies).size).toBe(1);
  expect(replies[0]).toMatch(/^200 /);
  process.off("worker", notice);
  await service.stop();
});
