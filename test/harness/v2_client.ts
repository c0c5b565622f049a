import { expect } from "vitest";
import type { Service } from "./service.js";
import { type Call, type Message, message, type Reply, readReply } from "./v2.js";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

/** Posts bytes to a model; no content type, as most clients. */
export async function send(
  service: Service,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  model = "cross_entropy",
): Promise<Answer> {
  // As bytes: fetch gives a text a content type.
  const init = { method: "POST", headers, body: Buffer.from(body as string) };
  const response = await fetch(`${service.url}/v2/models/${model}/infer`, init);
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

export const lengthHeader = "inference-header-content-length";

export function headerOf({ jsonLength }: Message): Record<string, string> {
  return jsonLength === undefined ? {} : { [lengthHeader]: String(jsonLength) };
}

export function read({ headers, bytes }: Answer): Reply {
  const length = headers.get(lengthHeader);
  return readReply(bytes, length === null ? undefined : Number(length));
}

export function errorOf({ bytes }: Answer): string {
  const reply = JSON.parse(bytes.toString()) as Record<string, unknown>;
  if (Object.keys(reply).join() !== "error" || typeof reply["error"] !== "string") throw new Error(bytes.toString());
  return reply["error"];
}

/** Sends what the protocol's client would, and reads the answer. */
export async function infer(service: Service, call: Call, model?: string): Promise<Reply> {
  const made = message(call);
  const answer = await send(service, made.body, headerOf(made), model);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.bytes.toString()}`);
  return read(answer);
}

/** Three classes, a class index. */
export const logits = { name: "logits", datatype: "FP64", shape: [1, 3], data: [2, 1, 0.1] } as const;
export const labels = { name: "labels", datatype: "INT64", shape: [1], data: [1] } as const;
/** Known to 1,200 digits. */
export const knownLoss = 1.4170300162778335;

export const lossOf = (reply: Reply) => reply.outputs.find(({ name }) => name === "loss")?.data[0];

/** The service is well if this is answered. */
export async function isWell(service: Service): Promise<boolean> {
  return lossOf(await infer(service, { inputs: [logits, { ...labels, binary: true }] })) === knownLoss;
}

export interface Refused {
  readonly what: string;
  readonly body: string | Uint8Array;
  readonly headers?: Record<string, string>;
  readonly status?: number;
  /** What the error has to say. */
  readonly says: RegExp;
}

/** It is refused in the protocol's one shape, and the next request is answered. */
export async function isRefused(service: Service, { body, headers, status = 400, says }: Refused): Promise<void> {
  const answer = await send(service, body, headers);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect([answer.status, errorOf(answer)]).toEqual([status, expect.stringMatching(says)]);
  expect(await isWell(service)).toBe(true);
}
