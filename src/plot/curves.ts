import { findLoss } from "../losses/registry.ts";
import { type Curve, curveFields } from "../losses/schemas/curve.ts";
import { drawPlot, type Line, plain } from "./plot.ts";

/** What the printed reply of a curve holds: one, or several. */
export type PrintedCurves = Curve | { readonly curves: readonly Curve[] };

/** Draws the reply of a curve as an SVG document: losses above, gradients below, over the same logits. */
export function drawCurves(printed: PrintedCurves): string {
  const curves = "curves" in printed ? printed.curves : [printed];
  const names = [...new Set(curves.map(({ name }) => name))];
  const { logits, class: moving } = curves[0]!;
  const changed = new Set(curves.flatMap(changedOptions));
  const settings = curves.map((curve) => settingsOf(curve, changed));
  const isShared = (setting: string) => settings.every((own) => own.includes(setting));
  const own = curves.map(({ name }, i) => [
    ...(names.length > 1 ? [name] : []),
    ...settings[i]!.filter((setting) => !isShared(setting)),
  ]);
  return drawPlot({
    title: titleOf(names, logits ? `the logit of class ${moving}` : "the logit"),
    subtitle: settings[0]!.filter(isShared).join(" · "),
    xName: logits ? `logit z of class ${moving}` : "logit z",
    legend: curves.length > 1 ? own.map((words) => words.join(", ")) : [],
    panels: [
      { name: "loss", share: 5, lines: curves.map(lossLine), ...remarkOf(curves) },
      // A single curve has a colour for each: its panels are its legend.
      { name: "gradient ∂loss/∂z", share: 4, lines: curves.map((curve, i) => gradientLine(curve, curves[1] ? i : 1)) },
    ],
  });
}

function titleOf(names: readonly string[], what: string): string {
  if (names.length > 2) return `${names.length} losses over ${what}`;
  return names.length === 2 ? names.join(" and ") : `${names[0]}: loss and gradient over ${what}`;
}

function lossLine(curve: Curve, colour: number): Line {
  const points = curve.logit.map((z, i): [number, number] => [z, Number(curve.losses[i])]);
  for (const { logit, loss } of curve.jumps) points.push([logit, Number(loss)]);
  const where = markOf(curve);
  return { points: points.sort(([one], [other]) => one - other), colour, ...(where && { mark: where }) };
}

/** A jump is upright: it has two points at its logit. */
function gradientLine({ logit, gradients, jumps }: Curve, colour: number): Line {
  const steps = jumps.map((jump) => jump.logit);
  const points = logit.flatMap((z, i): [number, number][] => (steps.includes(z) ? [] : [[z, Number(gradients[i])]]));
  for (const { logit: z, before, after } of jumps) points.push([z, Number(before)], [z, Number(after)]);
  return { points: points.sort(([one], [other]) => one - other), colour };
}

function markOf({ logit, minimum }: Curve): Line["mark"] {
  if (!minimum) return undefined;
  const at = Number(minimum.logit);
  if (at < logit[0]!) return "left";
  return at > logit.at(-1)! ? "right" : [at, Number(minimum.loss)];
}

/** One curve's minimum in words: of several, dots and arrows have to do. */
function remarkOf([one, other]: readonly Curve[]): { remark?: string } {
  if (other || !one?.minimum) return {};
  const [at, loss] = [Number(one.minimum.logit), Number(one.minimum.loss)];
  const least = plain(Number(loss.toPrecision(4)));
  if (Number.isFinite(at)) return { remark: `least: ${least} at z = ${plain(Number(at.toPrecision(4)))}` };
  return { remark: `least: towards ${least} as z goes to ${at < 0 ? "−∞" : "∞"}` };
}

/** What stands still, and the options that are not the default ones in one of the curves. */
function settingsOf({ label, logits, class: moving, options }: Curve, changed: ReadonlySet<string>): string[] {
  return [
    ...(logits ? [`logits ${logits.map((logit, c) => (c === moving ? "z" : shown(logit))).join(", ")}`] : []),
    `label ${[label].flat().map(shown).join(", ")}`,
    ...Object.keys(options)
      .filter((option) => changed.has(option))
      .map((option) => `${option} ${[options[option]].flat().map(shown).join(", ")}`),
  ];
}

function changedOptions({ name, options }: Curve): string[] {
  const fields: Record<string, { default?: unknown }> = curveFields(findLoss(name)!);
  return Object.keys(options).filter((option) => options[option] !== fields[option]?.default);
}

function shown(value: unknown): string {
  return String(value).replaceAll("-", "−");
}
