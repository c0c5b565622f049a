import type { Real } from "../numbers.ts";
import { get, post } from "./ask.ts";

/** One option of a loss, as JSON Schema says it. */
export interface OptionSchema {
  readonly type?: string;
  readonly default?: number | string | boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly OptionSchema[];
  readonly description?: string;
}

/** An entry of GET /v1/losses. */
export interface Loss {
  readonly name: string;
  readonly kind: "elementwise" | "rowwise";
  readonly summary: string;
  readonly notes: readonly string[];
  readonly formula: { readonly text: string; readonly latex: string };
  readonly gradient: { readonly text: string; readonly latex: string };
  readonly labels: string;
  readonly activation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly options: Readonly<Record<string, OptionSchema>>;
  readonly examples: readonly { readonly summary: string; readonly request: Readonly<Record<string, unknown>> }[];
}

/** A reply of GET /v1/losses/{loss}/curve. */
export interface Curve {
  readonly name: string;
  readonly label: Real | readonly Real[];
  readonly logits?: readonly Real[];
  readonly class?: number;
  readonly logit: readonly Real[];
  readonly losses: readonly Real[];
  readonly gradients: readonly Real[];
  /** The kinks of the loss in the range. */
  readonly jumps: readonly { readonly logit: Real; readonly loss: Real; readonly before: Real; readonly after: Real }[];
  /** Where the loss is least, if there is such a place; at ±Infinity where it only gets there in the end. */
  readonly minimum?: { readonly logit: Real; readonly loss: Real };
}

type Tensor = Real | readonly Tensor[];

/** A reply of POST /v1/losses/{loss}: what was asked for by `outputs` is there. */
export interface Reply {
  readonly loss?: Real;
  readonly losses?: Tensor;
  readonly gradients?: Tensor;
  readonly probabilities?: Tensor;
  readonly accuracy?: { readonly correct?: Tensor; readonly mean?: Real };
  readonly valid_count?: number;
  readonly ignored_count?: number;
  readonly decomposition?: {
    readonly cross_entropy: readonly Real[];
    readonly entropy: readonly Real[];
    readonly kl_divergence: readonly Real[];
  };
}

let catalogue: readonly Loss[] | undefined;

/** All losses that the service has. */
export async function readCatalogue(): Promise<readonly Loss[]> {
  catalogue ??= (await get<{ losses: readonly Loss[] }>("v1/losses")).losses;
  return catalogue;
}

export type Query = Readonly<Record<string, string | number | boolean>>;

export function readCurve(loss: string, query: Query, signal?: AbortSignal): Promise<Curve> {
  return get(curvePath(loss, query), signal);
}

/** Several curves by one request: of losses separated by commas, or of an option's values separated by commas. */
export async function readCurves(losses: string, query: Query, signal?: AbortSignal): Promise<readonly Curve[]> {
  return (await get<{ curves: readonly Curve[] }>(curvePath(losses, query), signal)).curves;
}

function curvePath(losses: string, query: Query): string {
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `v1/losses/${losses}/curve?${text.join("&")}`;
}

export function compute(loss: string, request: object, signal?: AbortSignal): Promise<Reply> {
  return post(`v1/losses/${loss}`, request, signal);
}
