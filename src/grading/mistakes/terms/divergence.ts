import type { Arithmetic } from "../../task/arithmetic.ts";
import { greatest } from "../../task/greatest.ts";
import { numberOption, type Row, type Sample } from "../../task/sample.ts";
import { byRow, map, misread, type Shape, sum } from "../mistake.ts";

type Variant = Shape["variants"][number];
type Numbers = { loss?: number; gradient?: Float64Array };

const kl = ["kl_divergence"];
const reverse = ["reverse_kl"];
const jensen = ["jensen_shannon"];
const temperatureOf = (sample: Sample) => numberOption(sample, "temperature") || 1;
const scaleOf = (sample: Sample) =>
  sample.options["scale_by_temperature_squared"] === true ? temperatureOf(sample) ** 2 : 1;
const at = (z: Float64Array, temperature: number, { softmax }: Arithmetic) =>
  softmax(map(z, (logit) => logit / temperature));

/** Σ a·log(a/b) with 0·log 0 = 0. */
const divergence = (a: Float64Array, b: Float64Array, { log }: Arithmetic) =>
  sum(map(a, (mass, j) => (mass === 0 ? 0 : mass * (log(mass) - log(b[j]!)))));

/** A formula of target, student and temperature, as the task scales it. */
const of = (
  formula: (target: Float64Array, p: Float64Array, arithmetic: Arithmetic, row: Row, sample: Sample) => Numbers,
): Variant =>
  byRow((row, arithmetic, sample) => {
    const scale = scaleOf(sample);
    const { loss, gradient } = formula(
      row.label,
      at(row.z, temperatureOf(sample), arithmetic),
      arithmetic,
      row,
      sample,
    );
    return {
      ...(loss !== undefined && { loss: scale * loss }),
      ...(gradient && { gradient: map(gradient, (value) => (scale * value) / temperatureOf(sample)) }),
    };
  });

/** The teacher's distribution without its temperature: what of its logits the temperature left. */
const sharpened = (label: Float64Array, temperature: number, { pow }: Arithmetic) => {
  const powers = map(label, (mass) => pow(mass, temperature));
  return map(powers, (power) => power / sum(powers));
};
const hasTemperature =
  (variant: Variant): Variant =>
  (sample, arithmetic) =>
    temperatureOf(sample) === 1 ? undefined : variant(sample, arithmetic);
const forward = (target: Float64Array, p: Float64Array, arithmetic: Arithmetic): Numbers => ({
  loss: divergence(target, p, arithmetic),
  gradient: map(p, (value, j) => value - target[j]!),
});
const mixture = (target: Float64Array, p: Float64Array) => map(p, (value, j) => (value + target[j]!) / 2);

/** The softmax of each class over the examples, at the task's temperature. */
const overExamples: Variant = (sample, arithmetic) => {
  const scaled = sample.rows.map(({ z }) => map(z, (logit) => logit / temperatureOf(sample)));
  const columns = Array.from({ length: sample.classes }, (_, c) => arithmetic.softmax(scaled.map((row) => row[c]!)));
  let i = -1;
  return of((target, p, own) => {
    i++;
    return forward(
      target,
      map(p, (_, c) => columns[c]![i]!),
      own,
    );
  })(sample, arithmetic);
};

export const divergenceTermMistakes: readonly Shape[] = [
  misread(
    "teacher-temperature-missing",
    kl,
    "P = softmax(a)",
    "a teacher without its temperature: divide both rows of logits by it",
    [
      hasTemperature(
        of((target, p, arithmetic, _row, sample) =>
          forward(sharpened(target, temperatureOf(sample), arithmetic), p, arithmetic),
        ),
      ),
    ],
  ),
  misread(
    "student-temperature-missing",
    kl,
    "p = softmax(z)",
    "a student without its temperature: divide both rows of logits by it",
    [hasTemperature(of((target, _p, arithmetic, { z }) => forward(target, at(z, 1, arithmetic), arithmetic)))],
  ),
  misread(
    "both-temperatures-missing",
    kl,
    "τ²·KL at τ = 1",
    "rows of logits that are not divided by the temperature, with its factors kept",
    [
      hasTemperature(
        of((target, _p, arithmetic, { z }, sample) =>
          forward(sharpened(target, temperatureOf(sample), arithmetic), at(z, 1, arithmetic), arithmetic),
        ),
      ),
    ],
  ),
  misread(
    "temperature-one",
    kl,
    "KL(softmax(a)‖softmax(z))",
    "a temperature of 1 throughout: divide both rows of logits by the task's",
    [
      hasTemperature(
        byRow((row, arithmetic, sample) =>
          forward(sharpened(row.label, temperatureOf(sample), arithmetic), at(row.z, 1, arithmetic), arithmetic),
        ),
      ),
    ],
  ),
  misread("temperature-multiplied", kl, "softmax(τ·z)", "logits that are multiplied by the temperature: divide them", [
    hasTemperature(
      of((target, _p, arithmetic, { z }, sample) => {
        const temperature = temperatureOf(sample);
        return forward(
          sharpened(target, temperature * temperature, arithmetic),
          at(z, 1 / temperature, arithmetic),
          arithmetic,
        );
      }),
    ),
  ]),
  misread(
    "kl-hard-labels",
    kl,
    "P = 1 at the greatest",
    "the teacher's greatest class alone: its whole distribution is the target",
    [
      of((target, p, arithmetic) => {
        const best = target.indexOf(greatest(target));
        return forward(
          map(target, (_, j) => (j === best ? 1 : 0)),
          p,
          arithmetic,
        );
      }),
    ],
  ),
  misread("kl-softmax-twice", kl, "softmax(softmax(z))", "a softmax that was applied twice", [
    of((target, p, arithmetic) => forward(target, arithmetic.softmax(p), arithmetic)),
  ]),
  misread(
    "kl-softmax-over-batch-axis",
    kl,
    "softmax over the examples",
    "a softmax over the examples: normalise over the classes",
    [overExamples],
  ),
  misread(
    "kl-grad-times-p",
    kl,
    "p·(p − P)",
    "the difference times the student's probability: it is the difference alone",
    [of((target, p) => ({ gradient: map(p, (value, j) => value * (value - target[j]!)) }))],
  ),
  misread(
    "kl-reversed-and-negated",
    kl,
    "Σ p·(log P − log p)",
    "the student's probabilities as weights: they are the target's",
    [of((target, p, arithmetic) => ({ loss: -divergence(p, target, arithmetic) }))],
  ),
  misread(
    "reverse-kl-forward-gradient",
    reverse,
    "p − P",
    "the gradient of KL(P‖p): the task asks for that of KL(p‖P)",
    [of((target, p) => ({ gradient: map(p, (value, j) => value - target[j]!) }))],
  ),
  misread(
    "reverse-kl-grad-by-probabilities",
    reverse,
    "log(p/P) + 1",
    "the derivative by the probabilities: go on through the softmax",
    [of((target, p, { log }) => ({ gradient: map(p, (value, j) => log(value) - log(target[j]!) + 1) }))],
  ),
  misread(
    "reverse-kl-entropy-missing",
    reverse,
    "−Σ p·log P",
    "a cross-entropy: the student's own entropy is taken off",
    [of((target, p, { log }) => ({ loss: -sum(map(p, (value, j) => value * log(target[j]!))) }))],
  ),
  misread(
    "jensen-symmetric-kl",
    jensen,
    "½KL(P‖p) + ½KL(p‖P)",
    "both directions against each other: each is taken against the mixture",
    [
      of((target, p, arithmetic) => ({
        loss: 0.5 * divergence(target, p, arithmetic) + 0.5 * divergence(p, target, arithmetic),
      })),
    ],
  ),
  misread("jensen-one-side", jensen, "½KL(P‖M)", "one of the two halves: both are added up", [
    of((target, p, arithmetic) => ({ loss: 0.5 * divergence(target, mixture(target, p), arithmetic) })),
    of((target, p, arithmetic) => ({ loss: 0.5 * divergence(p, mixture(target, p), arithmetic) })),
  ]),
  misread("jensen-mixture-not-halved", jensen, "M = P + p", "a mixture that sums to 2: it is the mean of both", [
    of((target, p, arithmetic) => {
      const m = map(p, (value, j) => value + target[j]!);
      const back = divergence(p, m, arithmetic);
      const gradient = map(p, (value, j) => 0.5 * value * (arithmetic.log(value) - arithmetic.log(m[j]!) - back));
      return { loss: 0.5 * divergence(target, m, arithmetic) + 0.5 * back, gradient };
    }),
  ]),
  misread(
    "jensen-forward-gradient",
    jensen,
    "p − P",
    "the gradient of KL(P‖p): the task asks for that of the mean over both halves",
    [of((target, p) => ({ gradient: map(p, (value, j) => value - target[j]!) }))],
  ),
  misread(
    "jensen-grad-without-mean",
    jensen,
    "½p·log(p/M)",
    "p·log(p/M): take the divergence off inside the parenthesis, or the row does not sum to 0",
    [
      of((target, p, { log }) => {
        const m = mixture(target, p);
        return { gradient: map(p, (value, j) => 0.5 * value * (log(value) - log(m[j]!))) };
      }),
    ],
  ),
];
