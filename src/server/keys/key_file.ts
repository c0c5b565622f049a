import { createHash, randomBytes } from "node:crypto";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { scopes } from "../kinds.ts";

const quotasSchema = Type.Object(
  {
    processor_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    bytes: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  { additionalProperties: false },
);

const entrySchema = Type.Object(
  {
    name: Type.String({ pattern: "^[A-Za-z0-9._-]{1,64}$" }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    scopes: Type.Array(Type.Enum([...scopes])),
    quotas: Type.Optional(quotasSchema),
  },
  { additionalProperties: false },
);

const fileSchema = Type.Object({ keys: Type.Array(entrySchema) }, { additionalProperties: false });

/** A key as the file has it: its hash, and never the key. */
export type KeyEntry = Readonly<Static<typeof entrySchema>>;

/** What a key may use in a minute, of one replica. */
export type Quotas = Readonly<Static<typeof quotasSchema>>;

/** A key's name as it may stand in a file, a log and a message. */
export const keyName = /^[A-Za-z0-9._-]{1,64}$/;

/** The keys of a file's text. Throws an Error that says where it is wrong, and shows nothing of the file. */
export function readKeyFile(text: string): readonly KeyEntry[] {
  const { keys } = parse(text);
  const names = new Set(keys.map(({ name }) => name));
  if (names.size < keys.length) throw new Error("two keys have the same name");
  return keys;
}

function parse(text: string): Static<typeof fileSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Node's own message would show what stands there.
    throw new Error("it is not JSON");
  }
  const [fault] = Value.Errors(fileSchema, value);
  if (fault) throw new Error(`${fault.instancePath || "the file"} ${fault.message}`);
  return value as Static<typeof fileSchema>;
}

/** The file's text with these keys. */
export function writeKeyFile(keys: readonly KeyEntry[]): string {
  return `${JSON.stringify({ keys }, undefined, 2)}\n`;
}

/** A new key of 256 random bits. Its beginning tells tools that look for secrets in code what it is. */
export function newToken(): string {
  return `lossd_${randomBytes(32).toString("base64url")}`;
}

export function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
