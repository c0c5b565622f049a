// lossd key: the key is printed once, and the file has its hash alone.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { hashOf, readKeyFile } from "#lossd/server/keys/key_file.js";
import { lossd } from "./lossd.js";

const newPath = () => path.join(mkdtempSync(path.join(tmpdir(), "lossd-key-")), "keys.json");

test("makes a file with two keys, of which it prints each on a line of stdout", async () => {
  const file = newPath();
  const first = await lossd(["key", "alice", "--file", file]);
  const quotas = ["--processor-seconds", "30", "--bytes", "1e9"];
  const second = await lossd(["key", "bob", "--file", file, "--scopes", "check,metrics", ...quotas]);
  const tokens = [first, second].map(({ code, stdout }) => {
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^lossd_[\w-]{43}\n$/)]);
    return stdout.trim();
  });
  const text = readFileSync(file, "utf8");
  const sha256 = tokens.map((token) => hashOf(token).toString("hex"));
  expect(readKeyFile(text)).toEqual([
    { name: "alice", sha256: sha256[0], scopes: ["compute", "check", "grade", "metrics"] },
    {
      name: "bob",
      sha256: sha256[1],
      scopes: ["check", "metrics"],
      quotas: { processor_seconds: 30, bytes: 1e9 },
    },
  ]);
  for (const told of [text, first.stderr, second.stderr]) for (const token of tokens) expect(told).not.toContain(token);
});

test.each([
  ["a name that is there", ["key", "a"], /has a key of the name a/],
  ["a name that is none", ["key", "a b"], /1 to 64 letters/],
  ["a scope that is none", ["key", "b", "--scopes", "all"], /no scope "all"/],
  ["a quota of nothing", ["key", "b", "--bytes", "0"], /a number above 0/],
])("refuses %s, and leaves the file as it is", async (_what, args, says) => {
  const file = newPath();
  const text = JSON.stringify({ keys: [{ name: "a", sha256: "0".repeat(64), scopes: [] }] });
  writeFileSync(file, text);
  const { code, stdout, stderr } = await lossd([...args, "--file", file]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(says);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("refuses a file that is no file of keys, and leaves it as it is", async () => {
  const file = newPath();
  writeFileSync(file, "something else");
  const { code, stderr } = await lossd(["key", "a", "--file", file]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("it is not JSON")]);
  expect(readFileSync(file, "utf8")).toBe("something else");
});
