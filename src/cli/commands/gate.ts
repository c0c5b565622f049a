import { Command } from "commander";
import { engine } from "../../engine/instance.ts";
import { type GateResult, holdGates } from "../../grading/gate/gate.ts";
import { metricsOf } from "../../grading/gate/metrics.ts";
import { readJson } from "../documents.ts";
import { exitCodes, Failure } from "../failure.ts";
import { print, table } from "../output.ts";
import { lossNamed, refusing } from "../refusal.ts";

interface Options {
  readonly thresholds: string;
  readonly loss?: string;
  readonly json?: boolean;
}

export const gate = new Command("gate")
  .description("hold metrics against thresholds: exit code 1 if one is not met, is missing or is no number")
  .argument("<metrics>", 'metrics by name, a JSON file, or "-" for stdin; with --loss, a batch of logits and labels')
  .requiredOption("--thresholds <file>", "[{metric, min, max, level: fail or warn}], a JSON file")
  .option("--loss <loss>", "compute the metrics: loss, perplexity, bits, accuracy, expected_calibration_error")
  .option("--json", "print metrics and results as JSON")
  .action(async (metricsPath: string, options: Options) => {
    const given = await readJson(metricsPath, options.loss === undefined ? "the metrics" : "the batch");
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      throw new Failure(exitCodes.usage, `${metricsPath} must hold an object`);
    }
    const fields = given as Readonly<Record<string, unknown>>;
    const metrics = options.loss === undefined ? fields : computed(options.loss, fields);
    const thresholds = await readJson(options.thresholds, "the thresholds");
    const results = refusing(exitCodes.usage, "the thresholds are not allowed", () => holdGates(metrics, thresholds));
    await print(options.json ? `${JSON.stringify({ metrics, gates: results }, undefined, 2)}\n` : lines(results));
    const missed = results.filter(({ ok, level }) => !ok && level === "fail");
    if (missed.length === 0) return;
    throw new Failure(exitCodes.belowGate, `${missed.length} of ${results.length} gates are not met`);
  });

function computed(name: string, fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const loss = lossNamed(name);
  return { ...refusing(exitCodes.usage, "the batch is not allowed", () => metricsOf(engine(), loss, fields)) };
}

function lines(results: readonly GateResult[]): string {
  const word = ({ ok, level }: GateResult) => (ok ? "ok" : level === "warn" ? "warning" : "FAILED");
  return table(results.map((result) => [word(result), result.metric, result.detail]));
}
