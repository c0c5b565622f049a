// The losses of a batch as raw doubles, by the Open Inference Protocol and no SDK: node examples/typescript/binary.ts
// (Node 22.18 or later, Deno or Bun, on a little-endian machine, which is every one that they run on)
import { setTimeout as sleep } from "node:timers/promises";

const url = process.env["LOSSD_URL"] ?? "http://127.0.0.1:8080";
const attempts = 4;

interface Input {
  readonly name: string;
  readonly datatype: "FP64" | "FP32" | "INT64";
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array | BigInt64Array;
}

interface Reply {
  readonly outputs: readonly {
    readonly name: string;
    readonly datatype: "FP64" | "FP32";
    readonly parameters: { readonly binary_data_size: number };
  }[];
}

/** JSON, and right behind it the blobs in the JSON's order; the header is how the service knows where the JSON ends. */
function message(tensors: readonly Input[], outputs: readonly string[]) {
  const inputs = tensors.map(({ data, ...input }) => ({
    ...input,
    parameters: { binary_data_size: data.byteLength },
  }));
  const wanted = outputs.map((name) => ({ name, parameters: { binary_data: true } }));
  const head = new TextEncoder().encode(JSON.stringify({ inputs, outputs: wanted }));
  const body = new Blob([head, ...tensors.map(({ data }) => data)]);
  const headers = {
    "content-type": "application/octet-stream",
    "inference-header-content-length": String(head.length),
  };
  return { method: "POST", headers, body };
}

/** The outputs by name, flat. */
async function infer(model: string, tensors: readonly Input[], outputs: readonly string[]) {
  for (let attempt = 1; ; attempt++) {
    const request = { ...message(tensors, outputs), signal: AbortSignal.timeout(60_000) };
    const response = await fetch(`${url}/v2/models/${model}/infer`, request);
    const { status, headers } = response;
    if (response.ok) return split(await response.arrayBuffer(), Number(headers.get("inference-header-content-length")));
    const { error } = (await response.json()) as { readonly error: string };
    // The queue is full, or the service is starting or stopping: it says when to ask again.
    const busy = status === 429 || status === 503;
    // Also 413 (too large) and 400 (not allowed): the message names the field, its value and the bound.
    if (!busy || attempt === attempts) throw new Error(`${status}: ${error}`);
    await sleep(1000 * Number(headers.get("retry-after") ?? 1));
  }
}

/** The outputs of a reply whose blobs start at that byte. */
function split(body: ArrayBuffer, start: number): Map<string, Float64Array | Float32Array> {
  const { outputs } = JSON.parse(new TextDecoder().decode(body.slice(0, start))) as Reply;
  const results = new Map<string, Float64Array | Float32Array>();
  for (const { name, datatype, parameters } of outputs) {
    // A copy, because a blob may start at any byte, and an array of doubles may not.
    const blob = body.slice(start, start + parameters.binary_data_size);
    results.set(name, datatype === "FP64" ? new Float64Array(blob) : new Float32Array(blob));
    start += parameters.binary_data_size;
  }
  return results;
}

try {
  const logits = Float64Array.of(2, 1, 0.1, 0.5, Number.NEGATIVE_INFINITY, -1);
  const outputs = await infer(
    "cross_entropy",
    [
      { name: "logits", datatype: "FP64", shape: [2, 3], data: logits },
      { name: "labels", datatype: "INT64", shape: [2], data: BigInt64Array.of(1n, 1n) },
    ],
    ["losses", "loss"],
  );
  outputs.get("losses")?.forEach((loss, row) => {
    console.log(`row ${row}: ${loss}`);
  });
  console.log(`mean: ${outputs.get("loss")?.[0]}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
