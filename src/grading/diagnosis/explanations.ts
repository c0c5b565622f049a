import { numbersOf } from "../compare/compare.ts";
import type { Evidence } from "../compare/fit.ts";
import type { Factors } from "../mistakes/mistake.ts";
import { type Numbers, type OutputName, outputNames } from "../task/sample.ts";
import { type Claimed, type Explained, explain, explainProducts } from "./explain.ts";
import { fewestOf, type Hypothesis, hypothesesOf, idsOf } from "./hypotheses.ts";
import { findRounded } from "./rounded.ts";

export const lossOutputs: readonly OutputName[] = ["loss", "losses"];
export const gradientOutputs = outputNames.filter((output) => !lossOutputs.includes(output));

/**
 * What explains the wrong outputs in every case. Where no formula and factor hold for all of them, loss and gradients are
 * explained each by its own, or all by two factors, or each output by its own. A mistake that leaves the right outputs
 * right comes before one that would change them. An output that nothing explains is left out.
 */
export function explanationsOf(cases: readonly Claimed[], wrong: readonly OutputName[]): readonly Hypothesis[] {
  const found = unrounded(cases, wrong);
  const rounded = findRounded(cases, wrong);
  if (!rounded) return found.length > 0 ? found : partly(cases, wrong);
  const others = wrong.filter((output) => !rounded.outputs.has(output));
  const rest = others.length > 0 ? unrounded(withRight(cases, rounded.outputs), others) : [];
  const beside = others.length > 0 ? rest.map((one) => both(rounded, one)) : [rounded];
  return fewestOf([...found, ...beside]);
}

/** What explains each case; nothing, where there is a case that nothing explains: no hypothesis holds in all of them. */
function explainEach(cases: readonly Claimed[], explainOne: (claimed: Claimed) => Explained): readonly Explained[] {
  const explained: Explained[] = [];
  for (const claimed of cases) {
    const one = explainOne(claimed);
    if (one.by.size === 0) return [];
    explained.push(one);
  }
  return explained;
}

const groupsOf = (wrong: readonly OutputName[]) =>
  [lossOutputs, gradientOutputs].map((group) => group.filter((output) => wrong.includes(output)));

function unrounded(cases: readonly Claimed[], wrong: readonly OutputName[]): readonly Hypothesis[] {
  const whole = hypothesesOf(explainEach(cases, explain), wrong);
  if (whole.some((one) => idsOf(one).length === 1)) return whole;
  const groups = [lossOutputs, gradientOutputs].map((group) => group.filter((output) => wrong.includes(output)));
  const several = [...apart(cases, groups), ...products(cases, wrong)];
  if (whole.length > 0 || several.length > 0) return bestOf([...whole, ...several]);
  const singles = wrong.map((output) => [output]);
  return bestOf(apart(cases, singles));
}

/**
 * What explains some of the outputs, each by one mistake of its own, where nothing explains all. Zeros alone are the
 * numbers of a program that does nothing, and of no mistake.
 */
function partly(cases: readonly Claimed[], wrong: readonly OutputName[]): readonly Hypothesis[] {
  const isZero = (output: OutputName) =>
    cases.every(({ claims }) => !numbersOf(claims[output])?.some((one) => one !== 0));
  const single = (outputs: readonly OutputName[]) =>
    explainOnly(cases, outputs).filter((one) => idsOf(one).length === 1);
  const found = groupsOf(wrong.filter((output) => !isZero(output))).flatMap((group) => {
    const whole = group.length > 1 ? single(group) : [];
    return whole.length > 0 ? [whole] : group.map((output) => single([output]));
  });
  return bestOf(combine(found.filter((hypotheses) => hypotheses.length > 0)));
}

/** Of the explanations with the fewest mistakes those that are surest, and of those the ones that change the least else. */
function bestOf(hypotheses: readonly Hypothesis[]): readonly Hypothesis[] {
  const fewest = fewestOf(hypotheses);
  const sure = fewest.filter(({ loose }) => !loose);
  const surest = sure.length > 0 ? sure : fewest;
  const least = Math.min(...surest.map(({ beside }) => beside.size));
  return surest.filter(({ beside }) => beside.size === least);
}

/** The same claims, in which these outputs are right. */
function withRight(cases: readonly Claimed[], outputs: ReadonlySet<OutputName>): readonly Claimed[] {
  return cases.map((one) => {
    const { right } = one.predicted.sample;
    const corrected = Object.fromEntries([...outputs].map((output) => [output, right[output]]));
    return { ...one, claims: { ...one.claims, ...corrected } };
  });
}

/** A product is one number, which pairs of factors give by accident more often than single ones do. */
function products(cases: readonly Claimed[], wrong: readonly OutputName[]): readonly Hypothesis[] {
  return hypothesesOf(explainEach(cases, explainProducts), wrong).map((one) => ({ ...one, loose: true }));
}

/** Groups of outputs wrong each in its own way, or one of them alone by a formula that would change others. */
function apart(cases: readonly Claimed[], groups: readonly (readonly OutputName[])[]): readonly Hypothesis[] {
  return combine(groups.filter((group) => group.length > 0).map((group) => explainOnly(cases, group)));
}

function combine([first = [], ...others]: readonly (readonly Hypothesis[])[]): readonly Hypothesis[] {
  return others.reduce((all, more) => all.flatMap((one) => more.map((other) => both(one, other))), first);
}

/** What explains these outputs: a mistake that leaves the others right comes before one that would change them. */
function explainOnly(cases: readonly Claimed[], outputs: readonly OutputName[]): readonly Hypothesis[] {
  const explainBeside = (others: "right" | "absent") =>
    hypothesesOf(
      explainEach(cases, (claimed) => explain({ ...claimed, claims: restrict(claimed, outputs, others) })),
      outputs,
    );
  const own = explainBeside("right");
  if (own.some((one) => idsOf(one).length === 1)) return own;
  const alone = explainBeside("absent").map((one): Hypothesis => ({ ...one, loose: true }));
  return bestOf([...own, ...alone]);
}

function restrict({ claims, predicted }: Claimed, outputs: readonly OutputName[], others: "right" | "absent"): Numbers {
  const { right } = predicted.sample;
  const entries = Object.entries(claims).flatMap(([output, claim]) => {
    if (outputs.includes(output as OutputName)) return [[output, claim]];
    return others === "right" ? [[output, right[output as OutputName]]] : [];
  });
  return Object.fromEntries(entries) as Numbers;
}

/** Two explanations as one, that is as sure as the less sure of them. */
function both(one: Hypothesis, other: Hypothesis): Hypothesis {
  const factors = [one, other].flatMap(({ factor }) => (factor === undefined ? [] : [factor]));
  const sizes = [...one.evidence.keys()].filter((size) => other.evidence.has(size));
  const lesser = (size: string): Evidence => {
    const [left, right] = [one.evidence.get(size)!, other.evidence.get(size)!];
    return { numbers: Math.min(left.numbers, right.numbers), digits: Math.min(left.digits, right.digits) };
  };
  const outputs = new Set([...one.outputs, ...other.outputs]);
  return {
    mistakes: [...one.mistakes, ...other.mistakes],
    factor: factors.length === 0 ? undefined : factors.join(" and "),
    factors: { ...factorsOn(one), ...factorsOn(other) },
    outputs,
    joined: [...(one.joined ?? [one]), ...(other.joined ?? [other])],
    beside: new Set([...one.beside, ...other.beside].filter((output) => !outputs.has(output))),
    evidence: new Map(sizes.map((size) => [size, lesser(size)])),
    ...((one.loose || other.loose) && { loose: true }),
  };
}

/** The factors of the outputs that a hypothesis explains. */
function factorsOn({ factors, outputs }: Hypothesis): Factors {
  const { loss = 1, losses = 1, gradients = 1 } = factors;
  return {
    ...(outputs.has("loss") && { loss }),
    ...(outputs.has("losses") && { losses }),
    ...(gradientOutputs.some((output) => outputs.has(output)) && { gradients }),
  };
}
