#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { cases } from "./cli/commands/cases.ts";
import { check } from "./cli/commands/check.ts";
import { compute } from "./cli/commands/compute.ts";
import { config } from "./cli/commands/config.ts";
import { explain } from "./cli/commands/explain.ts";
import { gate } from "./cli/commands/gate.ts";
import { grade } from "./cli/commands/grade.ts";
import { healthcheck } from "./cli/commands/healthcheck.ts";
import { init } from "./cli/commands/init.ts";
import { losses } from "./cli/commands/losses.ts";
import { run } from "./cli/commands/run.ts";
import { serve } from "./cli/commands/serve.ts";
import { exitCodes, Failure } from "./cli/failure.ts";
import { tolerateClosedStdout } from "./cli/output.ts";
import { version } from "./version.ts";

const program = new Command("lossd")
  .description("Losses, gradients and the KL decomposition, over HTTP or from stdin.")
  .version(version)
  .addHelpText(
    "after",
    "\nExit codes: 0 ok, 1 a claim that is not right (check) or below a gate or --fail-under, 2 usage or a body that is not allowed, 3 not gradable, 4 internal, 5 a limit or timeout.",
  );

for (const command of [serve, compute, check, grade, run, cases, gate, explain, init, losses, config, healthcheck])
  program.addCommand(command);
for (const command of [program, ...program.commands]) command.exitOverride();

tolerateClosedStdout();
// No await at the top: the executable is one CommonJS file, which has none.
program.parseAsync().catch((error: unknown) => {
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof CommanderError)) console.error(error instanceof Failure ? error.message : error);
  const [major, minor] = process.versions.node.split(".").map(Number) as [number, number];
  if (process.exitCode === exitCodes.internal && (major < 22 || (major === 22 && minor < 12)))
    console.error(`lossd needs Node 22.12 or later: this is ${process.version}`);
  // Timers and threads that a failed start leaves behind must not keep the process.
  process.exit();
});

/** Commander has said what is wrong already. Help and the version were asked for. */
function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  return exitCodes.internal;
}
