// What a correct program in float32 gives: every operation is rounded, as an array library would.

import { type Numbers, numberOption, type Sample } from "#lossd/grading/task/sample.js";

const f = Math.fround;

export function inFloat32(sample: Sample): Numbers {
  const formula = formulas[sample.loss.name]!;
  const examples = sample.rows.map((row) => formula(row.z.map(f), row.t.map(f), row.y, sample));
  const scale = f(1 / sample.denominator);
  const each = Float64Array.from(examples, ({ loss }, i) =>
    sample.weights[i] === 0 ? 0 : f(loss * sample.weights[i]!),
  );
  const gradients = Float64Array.from(
    examples.flatMap(({ gradient }, i) =>
      Array.from(gradient, (g) => (sample.weights[i] === 0 ? 0 : f(g * f(sample.weights[i]! * scale)))),
    ),
  );
  return { ...(sample.right.loss !== undefined && { loss: f(sum(each) * scale) }), losses: each, gradients };
}

interface One {
  readonly loss: number;
  readonly gradient: ArrayLike<number>;
}

type Formula = (z: Float64Array, t: Float64Array, y: number, sample: Sample) => One;

const exp = (x: number) => f(Math.exp(x));
const log = (x: number) => f(Math.log(x));
const sigmoid = (x: number) => (x >= 0 ? f(1 / f(1 + exp(-x))) : f(exp(x) / f(1 + exp(x))));
const softplus = (x: number) => f(Math.max(x, 0) + f(Math.log1p(exp(-Math.abs(x)))));
const sum = (values: Float64Array) => values.reduce((total, value) => f(total + value), 0);
const dot = (a: Float64Array, b: Float64Array) => sum(a.map((value, j) => f(value * b[j]!)));

function logSoftmax(z: Float64Array): Float64Array {
  const top = Math.max(...z);
  const total = sum(z.map((logit) => exp(f(logit - top))));
  return z.map((logit) => f(f(logit - top) - log(total)));
}

const element = (loss: number, gradient: number): One => ({ loss, gradient: [gradient] });
/** An elementwise loss of the difference between prediction and target. */
const ofDifference =
  (formula: (d: number, sample: Sample) => One): Formula =>
  (z, t, _y, sample) =>
    formula(f(z[0]! - t[0]!), sample);
const slackOf = (z: number, y: number, sample: Sample) => Math.max(0, f(numberOption(sample, "margin") - f(y * z)));

/** (1−p)^γ·log p and what its derivative by the logit of p has: q^γ·(q − γ·p·log p). */
function modulated(p: number, q: number, logP: number, gamma: number) {
  const power = f(q ** gamma);
  return { loss: f(-f(power * logP)), slope: f(power * f(q - f(f(gamma * p) * logP))) };
}

const formulas: Readonly<Record<string, Formula>> = {
  cross_entropy: (z, t) => {
    const logs = logSoftmax(z);
    const mass = sum(t);
    return { loss: -dot(t, logs), gradient: logs.map((value, j) => f(f(mass * exp(value)) - t[j]!)) };
  },
  softmax_focal: (z, _t, y, sample) => {
    const logs = logSoftmax(z);
    const rivals = z.map((_, j) => (j === y ? 0 : exp(logs[j]!)));
    const q = sum(rivals);
    const { loss, slope } = modulated(exp(logs[y]!), q, logs[y]!, numberOption(sample, "gamma"));
    return { loss, gradient: rivals.map((rival, j) => (j === y ? -slope : f(slope * f(rival / q)))) };
  },
  kl_divergence: (z, t) => {
    const logs = logSoftmax(z);
    const ratios = logs.map((value, j) => f(log(t[j]!) - value));
    return { loss: dot(t, ratios), gradient: logs.map((value, j) => f(exp(value) - t[j]!)) };
  },
  reverse_kl: (z, t) => {
    const logs = logSoftmax(z);
    const p = logs.map(exp);
    const ratios = logs.map((value, j) => f(value - log(t[j]!)));
    const loss = dot(p, ratios);
    return { loss, gradient: p.map((value, j) => f(value * f(ratios[j]! - loss))) };
  },
  jensen_shannon: (z, t, _y, sample) => {
    const beta = f(numberOption(sample, "beta"));
    const logs = logSoftmax(z);
    const p = logs.map(exp);
    const logMean = p.map((value, j) => log(f(f(beta * t[j]!) + f(f(1 - beta) * value))));
    const toMean = logs.map((value, j) => f(value - logMean[j]!));
    const target = dot(
      t,
      t.map((mass, j) => f(log(mass) - logMean[j]!)),
    );
    const own = dot(p, toMean);
    const gradient = p.map((value, j) => f(f(f(1 - beta) * value) * f(toMean[j]! - own)));
    return { loss: f(f(beta * target) + f(f(1 - beta) * own)), gradient };
  },
  multiclass_hinge: (z, _t, y, sample) => {
    const rivals = z.map((logit, j) => (j === y ? Number.NEGATIVE_INFINITY : logit));
    const best = rivals.indexOf(Math.max(...rivals));
    const loss = Math.max(0, f(f(numberOption(sample, "margin") + z[best]!) - z[y]!));
    return { loss, gradient: z.map((_, j) => (loss === 0 ? 0 : j === y ? -1 : j === best ? 1 : 0)) };
  },
  multi_margin: (z, _t, y, sample) => {
    const share = f(1 / z.length);
    const slacks = z.map((logit, j) =>
      j === y ? 0 : Math.max(0, f(f(numberOption(sample, "margin") - z[y]!) + logit)),
    );
    const gradient = slacks.map((slack) => (slack > 0 ? share : 0));
    gradient[y] = -sum(gradient);
    return { loss: f(sum(slacks) * share), gradient };
  },
  binary_cross_entropy: (z, t) => element(f(softplus(z[0]!) - f(t[0]! * z[0]!)), f(sigmoid(z[0]!) - t[0]!)),
  focal: (z, t, _y, sample) => {
    const sign = t[0]! > 0 ? 1 : -1;
    const towards = sign * z[0]!;
    const gamma = numberOption(sample, "gamma");
    const { loss, slope } = modulated(sigmoid(towards), sigmoid(-towards), -softplus(-towards), gamma);
    return element(loss, -sign * slope);
  },
  soft_margin: (z, _t, y) => element(softplus(f(-y * z[0]!)), f(-y * sigmoid(f(-y * z[0]!)))),
  hinge: (z, _t, y, sample) => {
    const slack = slackOf(z[0]!, y, sample);
    return element(slack, slack > 0 ? -y : 0);
  },
  squared_hinge: (z, _t, y, sample) => {
    const slack = slackOf(z[0]!, y, sample);
    return element(f(slack * slack), f(-2 * y * slack));
  },
  mse: ofDifference((d, sample) => element(f(numberOption(sample, "scale") * f(d * d)), f(2 * d))),
  mse_sigmoid: (z, t) => {
    const p = sigmoid(z[0]!);
    const d = f(p - t[0]!);
    return element(f(d * d), f(f(2 * d) * f(p * f(1 - p))));
  },
  l1: ofDifference((d) => element(Math.abs(d), Math.sign(d))),
  huber: ofDifference((d, sample) => {
    const delta = numberOption(sample, "delta");
    if (Math.abs(d) <= delta) return element(f(0.5 * f(d * d)), d);
    return element(f(delta * f(Math.abs(d) - f(0.5 * delta))), Math.sign(d) * delta);
  }),
  smooth_l1: ofDifference((d, sample) => {
    const beta = numberOption(sample, "beta");
    if (Math.abs(d) < beta) return element(f(f(0.5 * f(d * d)) / beta), f(d / beta));
    return element(f(Math.abs(d) - f(0.5 * beta)), Math.sign(d));
  }),
  log_cosh: ofDifference((d) => {
    const size = Math.abs(d);
    const loss = f(f(size + f(Math.log1p(exp(-2 * size)))) - log(2));
    return element(loss, f(Math.tanh(d)));
  }),
  poisson_nll: (z, t) => element(f(exp(z[0]!) - f(t[0]! * z[0]!)), f(exp(z[0]!) - t[0]!)),
};

/** Whether there is such a program of a loss. All others are held to roundings in general. */
export function hasProgram(loss: string): boolean {
  return Object.hasOwn(formulas, loss);
}
