import { timingSafeEqual } from "node:crypto";
import { readFileSync, type Stats, unwatchFile, watchFile } from "node:fs";
import type { Logger } from "pino";
import type { Scope } from "../kinds.ts";
import { hashOf, readKeyFile } from "./key_file.ts";
import type { Meter, QuotaMemory } from "./quotas.ts";

/** Looked at so often: a mounted Secret is another file under the same name, which no event tells of. */
const lookEveryMs = 1000;

export interface ApiKey {
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: ReadonlySet<Scope>;
  readonly meter: Meter | undefined;
}

/** The keys of API_KEYS_FILE, read anew when it changes and on SIGHUP. */
export class KeyRing {
  readonly #file: string;
  readonly #quotas: QuotaMemory;
  readonly #logger: Logger;
  #keys: readonly ApiKey[];

  /** Throws an Error for a file that cannot be read. */
  constructor(file: string, quotas: QuotaMemory, logger: Logger) {
    this.#file = file;
    this.#quotas = quotas;
    this.#logger = logger;
    this.#keys = this.#read();
  }

  /** The key that a caller shows. Takes as long for a wrong one: all are compared, each in constant time. */
  find(token: string): ApiKey | undefined {
    const hash = hashOf(token);
    let found: ApiKey | undefined;
    for (const key of this.#keys) if (timingSafeEqual(key.hash, hash)) found = key;
    return found;
  }

  /** Returns what ends it. */
  watch(): () => void {
    const reload = () => this.#reload();
    const look = (now: Stats, before: Stats) => {
      if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) reload();
    };
    watchFile(this.#file, { interval: lookEveryMs, persistent: false }, look);
    process.on("SIGHUP", reload);
    return () => {
      unwatchFile(this.#file, look);
      process.off("SIGHUP", reload);
    };
  }

  /** A file that cannot be read changes nothing: half a file must not lock everybody out. */
  #reload(): void {
    try {
      this.#keys = this.#read();
      this.#logger.info({ keys: this.#keys.length }, "API_KEYS_FILE was read anew");
    } catch (error) {
      this.#logger.error({ reason: (error as Error).message }, "API_KEYS_FILE cannot be read: the old keys hold");
    }
  }

  #read(): readonly ApiKey[] {
    const entries = readKeyFile(readFileSync(this.#file, "utf8"));
    return entries.map(({ name, sha256, scopes, quotas }) => ({
      name,
      hash: Buffer.from(sha256, "hex"),
      scopes: new Set(scopes),
      meter: quotas && this.#quotas.meter(name, quotas),
    }));
  }
}
