// The losses of a batch, by fetch: node examples/typescript/losses.ts (Node 22.18 or later, Deno or Bun)
import { setTimeout as sleep } from "node:timers/promises";

const url = process.env["LOSSD_URL"] ?? "http://127.0.0.1:8080";
const attempts = 4;

/** JSON has no infinite numbers: they are strings, both ways. */
type Real = number | "Infinity" | "-Infinity" | "NaN";

interface Reply {
  readonly loss: Real;
  readonly losses: readonly Real[];
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

async function compute(loss: string, batch: object): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${url}/v1/losses/${loss}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(batch),
      signal: AbortSignal.timeout(60_000),
    });
    if (response.ok) return (await response.json()) as Reply;
    const { status, code, detail } = (await response.json()) as Problem;
    // The queue is full, or the service is starting or stopping: it says when to ask again.
    const busy = status === 429 || status === 503;
    // Also 413 (too large) and 422 (not allowed): the detail names the field, its value and the bound.
    if (!busy || attempt === attempts) throw new Error(`${status} ${code}: ${detail}`);
    await sleep(1000 * Number(response.headers.get("retry-after") ?? 1));
  }
}

const logits: Real[][] = [
  [2, 1, 0.1],
  [0.5, "-Infinity", -1],
];
try {
  const { loss, losses } = await compute("cross_entropy", { logits, labels: [1, 1], outputs: ["losses"] });
  losses.forEach((value, row) => {
    console.log(`row ${row}: ${Number(value)}`);
  });
  console.log(`mean: ${Number(loss)}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
