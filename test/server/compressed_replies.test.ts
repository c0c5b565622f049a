// Replies that are computed are compressed where COMPRESS_REPLIES asks for it, and v2's never.
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCoded } from "../harness/coded.js";
import { type Service, startService } from "../harness/service.js";

let [compressing, plain]: [Service | undefined, Service | undefined] = [undefined, undefined];

beforeAll(async () => {
  [compressing, plain] = await Promise.all([startService({ COMPRESS_REPLIES: "on" }), startService()]);
});
afterAll(() => Promise.all([compressing!.stop(), plain!.stop()]));

const small = '{"logits":[2],"labels":[1]}';
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i / 7);
const large = (count: number) => JSON.stringify({ logits: numbers(count), labels: numbers(count) });

test.each([
  ["a reply in one piece", "/v1/losses/mse", large(1000)],
  ["a reply of more than a socket's buffer, from a worker", "/v1/losses/mse", large(20_000)],
  ["a curve", "/v1/losses/mse/curve", undefined],
])("%s is packed, and holds the same bytes", async (_what, path, body) => {
  const packed = await askCoded(compressing!, path, "gzip", body);
  const unpacked = await askCoded(compressing!, path, "identity", body);
  expect([packed.headers["content-encoding"], unpacked.headers["content-encoding"]]).toEqual(["gzip", undefined]);
  for (const { headers, bytes } of [packed, unpacked]) {
    expect(headers.vary).toContain("accept-encoding");
    expect(headers["content-length"]).toBe(String(bytes.length));
  }
  expect(packed.bytes.length).toBeLessThan(unpacked.bytes.length);
  expect(gunzipSync(packed.bytes).equals(unpacked.bytes)).toBe(true);
});

test.each([
  ["a short one", () => compressing!, "/v1/losses/mse", small],
  ["a problem", () => compressing!, "/v1/losses/mse", `{"logits":[${numbers(900)}],"labels":[1]}`],
  ["one of v2", () => compressing!, "/v2/models/mse/infer", v2Body(1000)],
  ["one of a service that was not asked to", () => plain!, "/v1/losses/mse", large(1000)],
])("%s is plain", async (_what, service, path, body) => {
  const { headers, bytes } = await askCoded(service(), path, "gzip", body);
  expect(headers["content-encoding"]).toBeUndefined();
  expect(() => JSON.parse(bytes.toString())).not.toThrow();
});

function v2Body(count: number): string {
  const tensor = { shape: [count], datatype: "FP64", data: numbers(count) };
  return JSON.stringify({
    inputs: [
      { name: "logits", ...tensor },
      { name: "labels", ...tensor },
    ],
  });
}
