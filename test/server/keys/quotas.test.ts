// Quotas: one key that has used its own up does not disturb the others.
import { afterEach, expect, test, vi } from "vitest";
import { QuotaMemory } from "#lossd/server/keys/quotas.js";
import { keyFile } from "../../harness/keys.js";
import { LinesClient } from "../../harness/lines_client.js";
import { type ProblemReply, post, type Service, startService } from "../../harness/service.js";

let service: Service | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await service?.stop();
  service = undefined;
});

const body = '{"logits":[1],"labels":[3]}';
const as = (token: string) => ({ "x-api-key": token });

test.each([
  ["bytes", { bytes: 2 * body.length }, 3],
  ["processor time", { processor_seconds: 1e-9 }, 1],
])(
  "a key that has used up its %s gets 429 with Retry-After, and others are answered",
  async (_what, quotas, passes) => {
    const { file, tokens } = keyFile({ small: { scopes: ["compute"], quotas }, other: { scopes: ["compute"] } });
    service = await startService({ API_KEYS_FILE: file });
    for (let count = 0; count < passes; count++) {
      expect((await post(service, "mse", body, as(tokens.small))).status).toBe(200);
      await vi.waitUntil(() => service!.lines.filter(({ status }) => status === 200).length > count);
    }
    const refused = await post(service, "mse", body, as(tokens.small));
    expect([refused.status, ((await refused.json()) as ProblemReply).code]).toEqual([429, "quota_exceeded"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await post(service, "mse", body, as(tokens.other))).status).toBe(200);
  },
);

test("a stream ends when its key has used up its quota", async () => {
  const { file, tokens } = keyFile({ small: { scopes: ["compute"], quotas: { bytes: 10 } } });
  service = await startService({ API_KEYS_FILE: file });
  const client = new LinesClient(service, "mse", { headers: as(tokens.small) });
  await client.write(`${body}\n${body}\n`);
  expect([(await client.line())?.loss, (await client.line())?.loss]).toEqual([4, 4]);
  expect(await client.line()).toMatchObject({ done: false, lines: 2, code: "quota_exceeded" });
  await client.end();
});

test("a bucket holds a minute's worth, fills evenly, and is one for all threads", () => {
  const clock = vi.spyOn(process.hrtime, "bigint");
  const at = (seconds: number) => clock.mockReturnValue(BigInt(seconds * 1e9));
  const memory = new QuotaMemory();
  at(1000);
  const meter = memory.meter("a", { processor_seconds: 60, bytes: 6000 });
  const elsewhere = new QuotaMemory(memory.buffer).meter("a", { processor_seconds: 60, bytes: 6000 });
  meter.spend(30, 6000);
  expect([meter.waitSeconds(), elsewhere.waitSeconds()]).toEqual([0, 0]);
  elsewhere.spend(0, 200);
  expect([meter.waitSeconds(), elsewhere.waitSeconds()]).toEqual([2, 2]);
  at(1002);
  expect(meter.waitSeconds()).toBe(0);
  meter.spend(90, 0);
  expect(meter.waitSeconds()).toBe(58);
  expect(memory.meter("b", { bytes: 1 }).waitSeconds()).toBe(0);
  clock.mockRestore();
});
