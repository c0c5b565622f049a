// Curves by GET, and the same numbers by POST.
import { expect } from "vitest";
import { post, type Service } from "./service.js";

export interface Curve {
  readonly name: string;
  readonly label: unknown;
  readonly logits?: readonly unknown[];
  readonly class?: number;
  readonly options: Record<string, unknown>;
  readonly logit: readonly number[];
  readonly losses: readonly unknown[];
  readonly gradients: readonly unknown[];
  readonly jumps: readonly unknown[];
  readonly minimum?: unknown;
}

export const getCurve = (service: Service, names: string, query = "", accept = "application/json") =>
  fetch(`${service.url}/v1/losses/${names}/curve${query && `?${query}`}`, { headers: { accept } });

/** The reply's JSON: a curve, or an object that holds some. */
export async function curveOf<Reply = Curve>(service: Service, names: string, query = ""): Promise<Reply> {
  const response = await getCurve(service, names, query);
  expect(response.status, `${names} ${query}`).toBe(200);
  return (await response.json()) as Reply;
}

/** The same curve by POST, from what the reply says of itself. */
export async function postedCurve(service: Service, curve: Curve, extra: object = {}) {
  const { name, label, logits, class: moving = 0, options, logit } = curve;
  const row = (z: number) => (logits ? logits.with(moving, z) : z);
  const body = { logits: logit.map(row), labels: logit.map(() => label), reduction: "none", ...options, ...extra };
  const reply = (await (await post(service, name, JSON.stringify(body))).json()) as Pick<Curve, "losses" | "gradients">;
  const gradients = reply.gradients.map((gradient) => (logits ? (gradient as unknown[])[moving] : gradient));
  return { losses: reply.losses, gradients };
}
