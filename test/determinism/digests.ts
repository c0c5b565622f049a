// The digest of a loss: one hash over the answers to its drawn bodies, and one over the bodies, so that a difference says
// whether the engine or the questions changed. Each is committed in digests/<loss>.json.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { joinPieces } from "#lossd/json/pieces.js";
import type { Loss } from "#lossd/losses/loss.js";
import { losses } from "#lossd/losses/registry.js";
import { answer } from "#lossd/service/formats.js";
import { float32Reply } from "./float32.ts";
import { drawBody } from "./requests.ts";

/** Bodies a loss: ten thousand and more over all of them. */
export const answersPerLoss = 2000;

export interface Digest {
  readonly answers: number;
  readonly requests: string;
  readonly replies: string;
  /** Of the answers to the same questions with a float32 input. */
  readonly float32: string;
}

export function bodiesOf(loss: Loss): string[] {
  return Array.from({ length: answersPerLoss }, (_, number) => drawBody(loss, number));
}

/** The reply's bytes, computed in this thread. Throws an Error for a body that is refused: the bodies are all valid. */
export function replyTo(loss: Loss, body: string): Uint8Array {
  const result = answer({ format: "json", loss: loss.name, body: new TextEncoder().encode(body), elementsMax: 1e6 });
  if (!result.ok) throw new Error(`${loss.name} refused ${body}: ${result.problem.detail}`);
  return joinPieces(result.reply);
}

/** One hash over texts or bytes, in their order. */
export function hash(parts: readonly (string | Uint8Array)[]): string {
  const sha = createHash("sha256");
  for (const part of parts) sha.update(part).update("\n");
  return sha.digest("hex");
}

/** Computes a loss's digest in this thread. */
export function compute(loss: Loss, bodies = bodiesOf(loss)): Digest {
  return {
    answers: bodies.length,
    requests: hash(bodies),
    replies: hash(bodies.map((body) => replyTo(loss, body))),
    float32: hash(bodies.map((body) => float32Reply(loss, body))),
  };
}

export function fileOf(name: string): URL {
  return new URL(`digests/${name}.json`, import.meta.url);
}

/** The committed digest; undefined for a loss without one. */
export function committed(name: string): Digest | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(name), "utf8")) as Digest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** One hash over the digests of all losses, in the registry's order. */
export function total(digests: readonly Digest[]): string {
  return hash(digests.map((digest, i) => `${losses[i]!.name} ${digest.requests} ${digest.replies} ${digest.float32}`));
}
