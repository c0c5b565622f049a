// The file of keys: read anew when it changes, never half; and whoever shows wrong keys is slowed down.
import { renameSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Failures } from "#lossd/server/keys/failures.js";
import { readKeyFile } from "#lossd/server/keys/key_file.js";
import { keyFile, writeKeys } from "../../harness/keys.js";
import { post, type Service, startService } from "../../harness/service.js";

const sha256 = "0".repeat(64);
const entry = { name: "a", sha256, scopes: ["compute"] };

test.each([
  ["secret", "it is not JSON"],
  ["[]", "object"],
  [JSON.stringify({ keys: [{ ...entry, sha256: "secret" }] }), "/keys/0/sha256"],
  [JSON.stringify({ keys: [{ ...entry, name: "a b" }] }), "/keys/0/name"],
  [JSON.stringify({ keys: [{ ...entry, scopes: ["secret"] }] }), "/keys/0/scopes/0"],
  [JSON.stringify({ keys: [{ ...entry, quotas: { bytes: 0 } }] }), "/keys/0/quotas/bytes"],
  [JSON.stringify({ keys: [{ ...entry, token: "secret" }] }), "/keys/0"],
  [JSON.stringify({ keys: [entry, entry] }), "two keys have the same name"],
])("%s is refused with its place, and without what it holds", (text, says) => {
  const read = () => readKeyFile(text);
  expect(read).toThrow(says);
  expect(read).not.toThrow("secret");
});

describe("the file", () => {
  let service: Service;
  afterEach(() => service.stop());

  const body = '{"logits":[1],"labels":[3]}';
  const statusWith = async (token: string) =>
    (await post(service, "mse", body, { authorization: `Bearer ${token}` })).status;

  test("is read anew when it changes; a bad one keeps the old keys and says so", async () => {
    const { file, tokens } = keyFile({ first: { scopes: ["compute"] } });
    service = await startService({ API_KEYS_FILE: file });
    expect(await statusWith(tokens.first)).toBe(200);
    writeFileSync(`${file}.new`, '{"keys":[{"secret":');
    renameSync(`${file}.new`, file);
    const said = await service.logged(({ msg }) => msg.includes("the old keys hold"));
    expect(JSON.stringify(said)).not.toContain("secret");
    expect(await statusWith(tokens.first)).toBe(200);
    const { second } = writeKeys(file, { second: { scopes: ["compute"] } });
    expect(await service.logged(({ msg }) => msg === "API_KEYS_FILE was read anew")).toMatchObject({ keys: 1 });
    expect([await statusWith(tokens.first), await statusWith(second)]).toEqual([401, 200]);
  });

  test("that cannot be used at the start keeps the service from starting", async () => {
    const { file } = keyFile({ first: { scopes: ["compute"] } });
    service = await startService();
    writeFileSync(file, "{");
    await expect(startService({ API_KEYS_FILE: file })).rejects.toThrow(/API_KEYS_FILE=.*it is not JSON/);
  });

  test("makes a check without the scope grade tell verdicts alone", async () => {
    const { file, tokens } = keyFile({ student: { scopes: ["check"] }, teacher: { scopes: ["check", "grade"] } });
    service = await startService({ API_KEYS_FILE: file });
    const ask = async (token: string) => {
      const claim = '{"logits":[1],"labels":[3],"claim":{"loss":8}}';
      return (await post(service, "mse/check", claim, { "x-api-key": token })).json();
    };
    expect(await ask(tokens.student)).toEqual({ verdict: "fail", parts: [{ output: "loss", verdict: "fail" }] });
    expect(JSON.stringify(await ask(tokens.teacher))).toContain("reference");
  });
});

describe("wrong keys", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const waitOf = (failures: Failures, address: string) => {
    let answered = false;
    failures.note(address, () => {
      answered = true;
    });
    let ms = 0;
    for (; !answered; ms += 100) vi.advanceTimersByTime(100);
    return ms;
  };

  test("are answered at once five times, then ever later, by address", () => {
    vi.useFakeTimers();
    const failures = new Failures();
    const waits = Array.from({ length: 13 }, () => waitOf(failures, "192.0.2.1"));
    expect(waits).toEqual([0, 0, 0, 0, 0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    expect(waitOf(failures, "192.0.2.2")).toBe(0);
  });

  test("of one IPv6 network are one caller's, and a minute without any is forgiven", () => {
    vi.useFakeTimers();
    const failures = new Failures();
    for (let count = 0; count < 6; count++) waitOf(failures, `2001:db8:0:1::${count}`);
    expect(waitOf(failures, "2001:db8:0:1::ffff")).toBe(200);
    expect(waitOf(failures, "2001:db8:0:2::1")).toBe(0);
    vi.advanceTimersByTime(61_000);
    expect(waitOf(failures, "2001:db8:0:1::1")).toBe(0);
  });
});
