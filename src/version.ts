import { createHash } from "node:crypto";
import { readEngine, readManifest } from "./files.ts";

/** The product's version, from package.json. */
export const version = (JSON.parse(readManifest()) as { version: string }).version;

/** What can change an answer: the version, and the first 12 hex digits of the engine's SHA-256. */
export const versionHeader = `${version}+${createHash("sha256").update(readEngine()).digest("hex").slice(0, 12)}`;
