import { mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hashOf, newToken, type Quotas, writeKeyFile } from "#lossd/server/keys/key_file.js";
import type { Scope } from "#lossd/server/kinds.js";

export interface TestKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly quotas?: Quotas;
}

/** A file of keys of these names; returns its path, and each key as its owner has it. */
export function keyFile<Name extends string>(keys: Readonly<Record<Name, Omit<TestKey, "name">>>) {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "lossd-keys-")), "keys.json");
  const tokens = writeKeys(file, keys);
  return { file, tokens };
}

/** Puts a file with new keys in the old one's place, as a mounted Secret is exchanged. */
export function writeKeys<Name extends string>(file: string, keys: Readonly<Record<Name, Omit<TestKey, "name">>>) {
  const named = Object.entries(keys) as [Name, Omit<TestKey, "name">][];
  const tokens = Object.fromEntries(named.map(([name]) => [name, newToken()])) as Record<Name, string>;
  const entries = named.map(([name, { scopes, quotas }]) => ({
    name,
    sha256: hashOf(tokens[name]).toString("hex"),
    scopes: [...scopes],
    ...(quotas && { quotas }),
  }));
  writeFileSync(`${file}.new`, writeKeyFile(entries));
  renameSync(`${file}.new`, file);
  return tokens;
}
