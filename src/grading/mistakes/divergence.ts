import type { Arithmetic } from "../task/arithmetic.ts";
import { numberOption, type Row, type Sample } from "../task/sample.ts";
import { byRow, dot, map, type Shape, sum } from "./mistake.ts";

const losses = ["kl_divergence"];

const temperatureOf = (sample: Sample) => numberOption(sample, "temperature") || 1;

/** The student's distribution at a temperature. */
const studentOf = ({ z }: Row, arithmetic: Arithmetic, temperature: number) =>
  arithmetic.softmax(map(z, (logit) => logit / temperature));

/** KL(a‖b) with 0·log 0 = 0. */
const divergence = (a: Float64Array, b: Float64Array, { log }: Arithmetic) =>
  sum(map(a, (mass, j) => (mass === 0 ? 0 : mass * (log(mass) - log(b[j]!)))));

/** The factor that the task's options put on every row. */
const scaleOf = (sample: Sample) => {
  const temperature = temperatureOf(sample);
  return sample.options["scale_by_temperature_squared"] === true ? temperature * temperature : 1;
};

const ofDistributions = (
  formula: (
    target: Float64Array,
    p: Float64Array,
    arithmetic: Arithmetic,
    temperature: number,
  ) => { loss?: number; gradient?: Float64Array },
): Shape["variants"][number] =>
  byRow((row, arithmetic, sample) => {
    const temperature = temperatureOf(sample);
    const scale = scaleOf(sample);
    const { loss, gradient } = formula(row.label, studentOf(row, arithmetic, temperature), arithmetic, temperature);
    return {
      ...(loss !== undefined && { loss: scale * loss }),
      ...(gradient && { gradient: map(gradient, (value) => scale * value) }),
    };
  });

export const divergenceMistakes: readonly Shape[] = [
  {
    id: "kl-direction-reversed",
    kind: "shape",
    losses,
    formula: "Σ p·log(p/P)",
    student: "Your numbers match KL(p‖P): the task asks for KL(P‖p), with the target first.",
    instructor: "The two arguments of the divergence are exchanged.",
    source: "pytorch/pytorch#57459",
    variants: [
      ofDistributions((target, p, arithmetic, temperature) => {
        const reversed = divergence(p, target, arithmetic);
        const { log } = arithmetic;
        return {
          loss: reversed,
          gradient: map(p, (value, j) => (value * (log(value) - log(target[j]!) - reversed)) / temperature),
        };
      }),
    ],
  },
  {
    id: "reverse-kl-direction",
    kind: "shape",
    losses: ["reverse_kl"],
    formula: "Σ P·log(P/p)",
    student: "Your numbers match KL(P‖p): the task asks for KL(p‖P), with the student first.",
    instructor: "kl_divergence instead of reverse_kl.",
    source: "pytorch/pytorch#57459",
    variants: [
      ofDistributions((target, p, arithmetic, temperature) => ({
        loss: divergence(target, p, arithmetic),
        gradient: map(p, (value, j) => (value - target[j]!) / temperature),
      })),
    ],
  },
  {
    id: "reverse-kl-grad-without-mean",
    kind: "shape",
    losses: ["reverse_kl"],
    formula: "p·(log p − log P)",
    student:
      "Your gradient matches p·(log p − log P): take the divergence off inside the parenthesis, or the row does not sum to 0.",
    instructor: "The softmax's Jacobian is applied without its rank-one part.",
    source: "Definition of the loss.",
    variants: [
      ofDistributions((target, p, { log }, temperature) => ({
        gradient: map(p, (value, j) => (value * (log(value) - log(target[j]!))) / temperature),
      })),
    ],
  },
  {
    id: "js-is-kl",
    kind: "shape",
    losses: ["jensen_shannon"],
    formula: "KL(P‖p)",
    student: "Your numbers match KL(P‖p): the task asks for both halves against the mixture.",
    instructor: "kl_divergence instead of jensen_shannon.",
    source: "Definition of the loss.",
    variants: [
      ofDistributions((target, p, arithmetic, temperature) => ({
        loss: divergence(target, p, arithmetic),
        gradient: map(p, (value, j) => (value - target[j]!) / temperature),
      })),
    ],
  },
  {
    id: "cross-entropy-not-kl",
    kind: "shape",
    losses,
    formula: "−Σ P·log p",
    student: "Your loss matches the cross-entropy: subtract the entropy of the target.",
    instructor: "The entropy of the target is not subtracted. The gradient is the same.",
    source: "chainer/chainer PR#5595",
    variants: [ofDistributions((target, p, { log }) => ({ loss: -dot(target, map(p, log)) }))],
  },
  {
    id: "probs-passed-as-log-probs",
    kind: "shape",
    losses,
    formula: "Σ P·(log P − p)",
    student: "Your numbers match probabilities where log-probabilities belong: take the logarithm of the softmax.",
    instructor: "kl_div fed with probabilities instead of log-probabilities.",
    source: "pytorch/pytorch#57459",
    variants: [
      ofDistributions((target, p, { log }, temperature) => {
        const inner = dot(target, p);
        return {
          loss: sum(map(target, (mass, j) => (mass === 0 ? 0 : mass * (log(mass) - p[j]!)))),
          gradient: map(p, (value, j) => (-value * (target[j]! - inner)) / temperature),
        };
      }),
    ],
  },
  {
    id: "temperature-ignored",
    kind: "shape",
    losses: ["kl_divergence", "cross_entropy"],
    formula: "τ = 1",
    student: "Your numbers match a temperature of 1: divide the logits by the task's temperature.",
    instructor: "The temperature is not used on the student's side.",
    source: "Definition of the loss.",
    variants: [
      (sample, arithmetic) => {
        if (temperatureOf(sample) === 1) return undefined;
        const wrong = byRow((row) => {
          const p = studentOf(row, arithmetic, 1);
          const target = sample.loss.name === "cross_entropy" ? row.t : row.label;
          const entropy = sample.loss.name === "cross_entropy" ? 0 : dot(target, map(target, arithmetic.log));
          return {
            loss: entropy - dot(target, map(p, arithmetic.log)),
            gradient: map(p, (value, j) => sum(target) * value - target[j]!),
          };
        });
        return wrong(sample, arithmetic);
      },
    ],
  },
  {
    id: "grad-wrt-teacher",
    kind: "shape",
    losses,
    formula: "P·(log(P/p) − KL)",
    student: "Your gradient matches the derivative by the target's logits: differentiate by the student's.",
    instructor: "∂KL/∂(teacher logits).",
    source: "Definition of the loss.",
    variants: [
      ofDistributions((target, p, arithmetic, temperature) => {
        const forward = divergence(target, p, arithmetic);
        const { log } = arithmetic;
        return {
          gradient: map(target, (mass, j) =>
            mass === 0 ? 0 : (mass * (log(mass) - log(p[j]!) - forward)) / temperature,
          ),
        };
      }),
    ],
  },
  {
    id: "jensen-shannon-not-kl",
    kind: "shape",
    losses,
    formula: "½KL(P‖M) + ½KL(p‖M)",
    student: "Your numbers match the Jensen–Shannon divergence: the task asks for KL(P‖p).",
    instructor: "jensen_shannon instead of kl_divergence.",
    source: "Definition of the loss.",
    variants: [
      ofDistributions((target, p, arithmetic, temperature) => {
        const middle = map(p, (value, j) => (value + target[j]!) / 2);
        const own = divergence(p, middle, arithmetic);
        const { log } = arithmetic;
        return {
          loss: (divergence(target, middle, arithmetic) + own) / 2,
          gradient: map(p, (value, j) => (value * (log(value) - log(middle[j]!) - own)) / (2 * temperature)),
        };
      }),
    ],
  },
  {
    id: "symmetric-kl",
    kind: "shape",
    losses,
    formula: "KL(P‖p) + KL(p‖P)",
    student: "Your numbers match both directions added up: the task asks for KL(P‖p) alone.",
    instructor: "The symmetrised divergence.",
    source: "Definition of the loss.",
    variants: [
      ofDistributions((target, p, arithmetic, temperature) => {
        const reversed = divergence(p, target, arithmetic);
        const { log } = arithmetic;
        return {
          loss: divergence(target, p, arithmetic) + reversed,
          gradient: map(
            p,
            (value, j) => (value - target[j]! + value * (log(value) - log(target[j]!) - reversed)) / temperature,
          ),
        };
      }),
    ],
  },
];
