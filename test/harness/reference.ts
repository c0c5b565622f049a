// A request of test/reference and the exact answer: what of ours is beyond the bounds.
import { answer } from "#lossd/service/formats.js";
import { unitsApart } from "./ulp.ts";

/** A number as JSON has it here: the non-finite ones are strings. */
type Wire = number | string;
type Nested = Wire | readonly Nested[];

const parts = ["cross_entropy", "entropy", "kl_divergence"] as const;
const counts = ["denominator", "weight_sum", "valid_count", "ignored_count"] as const;

type Reply = Record<"losses" | "gradients", Nested> &
  Partial<Record<"loss" | "loss_sum" | (typeof counts)[number], Wire>> & {
    readonly decomposition?: Record<(typeof parts)[number], Nested>;
  };

/** What test/reference/generate.py wrote: the reply's numbers, and the errors allowed to them. */
interface Expected extends Reply {
  readonly gradient_scale?: Nested;
  /** Beside a scale that is beyond the doubles: the error itself. */
  readonly gradient_slack?: Nested;
  readonly loss_scale?: Nested;
  readonly kl_bound?: Nested;
  readonly loss_slack?: Nested;
  readonly ulps?: number;
  readonly loss_ulps?: number;
}

export interface Case {
  readonly name: string;
  readonly loss?: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly expect: Expected;
}

export interface ReferenceFile {
  readonly loss?: string;
  readonly made_by: string;
  readonly cases: readonly Case[];
}

/** What of a reply is beyond its bounds, one sentence each. */
export function mismatches({ request, expect: want }: Case, loss: string): string[] {
  const reply = ask(loss, request, want.decomposition ? ["decomposition"] : []);
  const ulps = want.ulps ?? 6;
  const found = [
    ...differences("losses", reply.losses, want.losses, within(ulps, want.loss_scale, want.loss_slack)),
    ...differences(
      "gradients",
      reply.gradients,
      want.gradients,
      within(ulps, want.gradient_scale, want.gradient_slack),
    ),
  ];
  if (want.loss !== undefined) {
    for (const name of ["loss", "loss_sum"] as const) {
      found.push(...differences(name, reply[name], want[name], within(want.loss_ulps ?? ulps)));
    }
    for (const name of counts) if (name in want) found.push(...differences(name, reply[name], want[name], within(0)));
  }
  if (want.decomposition) found.push(...decompositionMismatches(reply, want));
  return found;
}

function decompositionMismatches(reply: Reply, want: Expected): string[] {
  const divergence = divergent(want.kl_bound, want.decomposition?.entropy);
  const bounds = { cross_entropy: within(6), entropy: within(8), kl_divergence: divergence };
  const found = parts.flatMap((part) =>
    differences(part, reply.decomposition?.[part], want.decomposition?.[part], bounds[part]),
  );
  const entropies = numbers(want.decomposition?.entropy);
  const crossEntropies = numbers(reply.decomposition?.cross_entropy);
  const divergences = numbers(reply.decomposition?.kl_divergence);
  for (const [i, entropy] of entropies.entries()) {
    if (entropy === 0 && divergences[i] !== crossEntropies[i]) {
      found.push(
        `kl_divergence[${i}]: ${divergences[i]} is not the loss, ${crossEntropies[i]}, though the target is one class`,
      );
    }
  }
  return found;
}

function ask(loss: string, request: Case["request"], more: readonly string[]): Reply {
  const outputs = ["losses", "gradients", ...more];
  // JSON.stringify writes -0 as 0, and the logits of -0 are there to be asked.
  const text = JSON.stringify({ ...request, outputs }, (_, value) => (Object.is(value, -0) ? "-0" : value));
  const body = new TextEncoder().encode(text.replaceAll('"-0"', "-0"));
  const result = answer({ format: "json", loss, body, elementsMax: 1e8 });
  if (!result.ok) throw new Error(`${loss} refused the request: ${JSON.stringify(result.problem)}`);
  return JSON.parse(Buffer.concat(result.reply).toString()) as Reply;
}

/** How much of the allowed error a number uses: above 1 it is wrong. */
type Measure = (got: number, want: number, i: number) => number;

/** At most `ulps` units in the last place of the expected number, or of its `scale` where there is one, or the `slack`. */
function within(ulps: number, scale?: Nested, slack?: Nested): Measure {
  const scales = numbers(scale);
  const slacks = numbers(slack);
  return (got, want, i) => {
    const apart = unitsApart(got, want, scales[i] ?? want);
    if (apart === 0) return 0;
    return Math.min(apart / ulps, Math.abs(got - want) / (slacks[i] ?? 0));
  };
}

/** At most the bound of the same place; where the target is one class, the divergence is the loss, and judged like it. */
function divergent(bound: Nested | undefined, entropy: Nested | undefined): Measure {
  const bounds = numbers(bound);
  const entropies = numbers(entropy);
  return (got, want, i) => {
    if (got === want) return 0;
    return entropies[i] === 0 ? unitsApart(got, want) / 6 : Math.abs(got - want) / (bounds[i] ?? 0);
  };
}

function differences(name: string, got: Nested | undefined, want: Nested | undefined, measure: Measure): string[] {
  if (shapeOf(got) !== shapeOf(want)) return [`${name}: shape ${shapeOf(got)} is not ${shapeOf(want)}`];
  const found: string[] = [];
  const gotten = numbers(got);
  for (const [i, expected] of numbers(want).entries()) {
    const actual = gotten[i] ?? Number.NaN;
    const used = measure(actual, expected, i);
    if (used <= 1 && !Object.is(actual, -0)) continue;
    const apart = unitsApart(actual, expected).toPrecision(3);
    found.push(
      `${name}[${i}]: got ${actual}, expected ${expected}: ${apart} ulps, ${used.toPrecision(3)} of what is allowed`,
    );
  }
  return found;
}

function shapeOf(value: Nested | undefined): string {
  if (value === undefined) return "missing";
  return Array.isArray(value) ? `[${value.length},${value.length > 0 ? shapeOf(value[0]) : ""}]` : "number";
}

function numbers(value: Nested | undefined): number[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(numbers) : [Number(value)];
}
