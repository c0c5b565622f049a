import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import {
  hashOf,
  type KeyEntry,
  keyName,
  newToken,
  type Quotas,
  readKeyFile,
  writeKeyFile,
} from "../../server/keys/key_file.ts";
import { type Scope, scopes } from "../../server/kinds.ts";
import { replaceFile } from "../documents.ts";
import { exitCodes, Failure } from "../failure.ts";
import { print } from "../output.ts";

interface Options {
  readonly file: string;
  readonly scopes?: readonly Scope[];
  readonly processorSeconds?: number;
  readonly bytes?: number;
}

export const key = new Command("key")
  .description("make an API key: it is printed once, and its hash is added to the file that API_KEYS_FILE names")
  .argument("<name>", "whose key it is, as the log says it", nameOf)
  .requiredOption("--file <file>", "the file of keys; it is made if it is not there")
  .option("--scopes <scopes>", `what the key is for, with commas (default: ${scopes.join(",")})`, scopesOf)
  .option("--processor-seconds <seconds>", "processor time that it may use in a minute, of each replica", amountOf)
  .option("--bytes <bytes>", "bytes of bodies that it may send in a minute, to each replica", amountOf)
  .action(async (name: string, { file, scopes: chosen = scopes, processorSeconds, bytes }: Options) => {
    const keys = await readKeys(file);
    if (keys.some((known) => known.name === name)) {
      throw new Failure(
        exitCodes.usage,
        `${file} has a key of the name ${name}: take another name, or delete that entry`,
      );
    }
    const token = newToken();
    const quotas: Quotas = {
      ...(processorSeconds !== undefined && { processor_seconds: processorSeconds }),
      ...(bytes !== undefined && { bytes }),
    };
    const limited = Object.keys(quotas).length > 0 && { quotas };
    const entry = { name, sha256: hashOf(token).toString("hex"), scopes: [...chosen], ...limited };
    await replaceFile(file, writeKeyFile([...keys, entry]));
    await print(`${token}\n`);
    console.error(`${file} has its hash. The key itself is nowhere but above: keep it.`);
  });

/** The keys that are there. A file that is no file of keys is left as it is. */
async function readKeys(file: string): Promise<readonly KeyEntry[]> {
  try {
    return readKeyFile(await readFile(file, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new Failure(exitCodes.usage, `${file} cannot be used: ${message}`);
  }
}

function nameOf(text: string): string {
  if (!keyName.test(text)) throw new InvalidArgumentError("A name has 1 to 64 letters, digits, dots, _ or -.");
  return text;
}

function scopesOf(text: string): Scope[] {
  const known = new Set<string>(scopes);
  const named = text.split(",");
  const wrong = named.find((one) => !known.has(one));
  if (wrong !== undefined) throw new InvalidArgumentError(`There is no scope ${JSON.stringify(wrong)}.`);
  return [...new Set(named)] as Scope[];
}

function amountOf(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}
