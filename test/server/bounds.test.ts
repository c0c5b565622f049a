// Work that a body's bytes do not show is bounded by what is in it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isWell, type ProblemReply, type Service, startService } from "../harness/service.js";

let service: Service;
let brief: Service;
let cutting: Service;
beforeAll(async () => {
  const env = { REPLY_BYTES_MAX: "1024", WORKERS: "2" };
  [service, brief, cutting] = await Promise.all([
    startService(),
    startService(env),
    startService({ ...env, CUT_BYTES_MIN: "1024", INLINE_ELEMENTS_MAX: "0" }),
  ]);
});
afterAll(() => Promise.all([service, brief, cutting].map((one) => one.stop())));

const post = (path: string, body: string) =>
  fetch(`${service.url}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body });

test.each([
  [
    "drawn logits",
    "/v1/cases",
    '{"task":{"loss":"cross_entropy","cases":[{"id":"a","generate":{"seed":1,"rows":100,"columns":1000}}]}}',
    "5242",
  ],
  [
    "lists in a claim",
    "/v1/losses/mse/check",
    `{"logits":[1],"labels":[1],"claim":{"loss":[${"[[0]],".repeat(90_000)}0]}}`,
    "262144",
  ],
  ["keys", "/v1/grade", `{${Array.from({ length: 140_000 }, (_, i) => `"k${i}":0`).join()}}`, "262144"],
])(
  "is bounded: more %s than GRADING_ELEMENTS_MAX allows are a 413 that names the bound",
  async (_what, path, body, bound) => {
    const response = await post(path, body);
    const { code, detail } = (await response.json()) as ProblemReply;
    expect([response.status, code]).toEqual([413, "too_many_elements"]);
    expect(detail).toContain(bound);
    expect(await isWell(service)).toBe(true);
  },
);

describe("a reply longer than REPLY_BYTES_MAX", () => {
  const numbers = Array.from({ length: 300 }, (_, i) => i / 7);
  const batch = (more: object = {}, size = numbers.length) =>
    JSON.stringify({ logits: numbers.slice(0, size), labels: numbers.slice(0, size).map(() => 0), ...more });
  const v2 = (parameters: object, outputs: object[] = [{ name: "gradients" }]) => {
    const inputs = ["logits", "labels"].map((name) => ({
      name,
      datatype: "FP64",
      shape: [300],
      data: name === "labels" ? numbers.map(() => 0) : numbers,
    }));
    return JSON.stringify({ inputs, parameters, outputs });
  };
  const send = (at: Service, path: string, body: string, type = "application/json") =>
    fetch(`${at.url}${path}`, { method: "POST", headers: { "content-type": type }, body });

  test.each([
    ["nested", "/v1/losses/mse", batch()],
    ["flat", "/v1/losses/mse", batch({ encoding: "flat", outputs: ["gradients"] })],
    ["in base64", "/v1/losses/mse", batch({ encoding: "b64" })],
    ["of v2 in JSON", "/v2/models/mse/infer", v2({})],
    ["of v2 in binary", "/v2/models/mse/infer", v2({}, [{ name: "gradients", parameters: { binary_data: true } }])],
  ])("%s is a 413 that names the bound, cut or not", async (_what, path, body) => {
    for (const at of [brief, cutting]) {
      const response = await send(at, path, body);
      expect(response.status).toBe(413);
      expect(await response.text()).toContain("REPLY_BYTES_MAX = 1024");
      expect(await isWell(at)).toBe(true);
    }
  });

  test("to a line of a stream is its problem, and the next line has its answer", async () => {
    const lines = `${batch()}\n${batch({}, 2)}\n`;
    const response = await send(brief, "/v1/losses/mse", lines, "application/x-ndjson");
    const [first, second] = (await response.text()).split("\n").map((line) => line && JSON.parse(line));
    expect(first).toMatchObject({ line: 1, code: "reply_too_large", status: 413 });
    expect(second).toMatchObject({ line: 2, gradients: [0, 1 / 7] });
  });

  test("is not one of just as many bytes", async () => {
    const body = batch({}, 60);
    const { length } = await (await send(service, "/v1/losses/mse", body)).text();
    for (const [bound, status] of [
      [length, 200],
      [length - 1, 413],
    ]) {
      const at = await startService({ REPLY_BYTES_MAX: String(bound), WORKERS: "1" });
      expect((await send(at, "/v1/losses/mse", body)).status).toBe(status);
      await at.stop();
    }
  });
});
