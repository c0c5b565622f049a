// A worker that dies under load takes no request with it: whole, cut, of lines or binary.
import type { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { post, type Service, startService } from "../harness/service.js";
import { message } from "../harness/v2.js";
import { headerOf, send } from "../harness/v2_client.js";

const rows = 3000;
const requests = 48;
const logits = Array.from({ length: rows }, (_, row) => [row / 7, -row / 3, 0.1]);
const labels = Array.from({ length: rows }, (_, row) => row % 3);
const body = JSON.stringify({ logits, labels });
const tensors = message({
  inputs: [
    { name: "logits", datatype: "FP64", shape: [rows, 3], data: logits.flat(), binary: true },
    { name: "labels", datatype: "INT64", shape: [rows], data: labels },
  ],
  parameters: { binary_data_output: true },
});

const json = async (service: Service) => {
  const response = await post(service, "cross_entropy", body);
  return `${response.status} ${await response.text()}`;
};
/** Each line is one job, as it is so large. */
const lines = async (service: Service) => {
  const headers = { "content-type": "application/x-ndjson" };
  const response = await post(service, "cross_entropy", `${body}\n${body}\n${body}`, headers);
  return `${response.status} ${await response.text()}`;
};
const v2 = async (service: Service) => {
  const { status, bytes } = await send(service, tensors.body, headerOf(tensors));
  return `${status} ${bytes.toString("latin1")}`;
};

test.each([
  { how: "whole", ask: json, cutBytesMin: 2 ** 30, atOnce: 12 },
  { how: "cut", ask: json, cutBytesMin: 1024, atOnce: 1 },
  { how: "streamed", ask: lines, cutBytesMin: 2 ** 30, atOnce: 4 },
  { how: "binary", ask: v2, cutBytesMin: 2 ** 30, atOnce: 12 },
])("$how requests are all answered, and alike, when a worker dies under them", async ({ ask, cutBytesMin, atOnce }) => {
  const workers: Worker[] = [];
  const notice = (worker: Worker) => workers.push(worker);
  process.on("worker", notice);
  const service = await startService({ WORKERS: "2", CUT_BYTES_MIN: String(cutBytesMin) });
  const replies: string[] = [];
  const client = async (count: number) => {
    for (let i = 0; i < count; i++) {
      replies.push(await ask(service));
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
  expect(replies[0]).not.toContain("/problems/");
  process.off("worker", notice);
  await service.stop();
});
