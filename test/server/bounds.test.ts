// Work that a body's bytes do not show is bounded by what is in it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { isWell, type ProblemReply, type Service, startService } from "../harness/service.js";

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

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
