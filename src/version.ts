import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const read = (path: string) => readFileSync(new URL(path, import.meta.url));

/** The product's version, from package.json. */
export const version = (JSON.parse(read("../package.json").toString()) as { version: string }).version;

/** What can change an answer: the version, and the first 12 hex digits of the engine's SHA-256. */
export const versionHeader = `${version}+${createHash("sha256").update(read("./engine.wasm")).digest("hex").slice(0, 12)}`;
