import { Command, CommanderError } from "commander";
import { version } from "../version.ts";
import { exitCodes, Failure } from "./failure.ts";
import { tolerateClosedStdout } from "./output.ts";

const program = new Command("lossd")
  .description("Losses, gradients and the KL decomposition, over HTTP or from stdin.")
  .version(version)
  .addHelpText(
    "after",
    "\nExit codes: 0 ok, 1 a claim that is not right (check) or below a gate or --fail-under, 2 usage or a body that is not allowed, 3 not gradable, 4 internal, 5 a limit or timeout.",
  );

/** In the order of the help. Each is loaded when it is used: the service's code takes longer to load than a loss to compute. */
const commands = {
  serve: () => import("./commands/serve.ts").then((module) => module.serve),
  compute: () => import("./commands/compute.ts").then((module) => module.compute),
  curve: () => import("./commands/curve.ts").then((module) => module.curve),
  check: () => import("./commands/check.ts").then((module) => module.check),
  grade: () => import("./commands/grade.ts").then((module) => module.grade),
  run: () => import("./commands/run.ts").then((module) => module.run),
  cases: () => import("./commands/cases.ts").then((module) => module.cases),
  gate: () => import("./commands/gate.ts").then((module) => module.gate),
  explain: () => import("./commands/explain.ts").then((module) => module.explain),
  init: () => import("./commands/init.ts").then((module) => module.init),
  losses: () => import("./commands/losses.ts").then((module) => module.losses),
  key: () => import("./commands/key.ts").then((module) => module.key),
  config: () => import("./commands/config.ts").then((module) => module.config),
  healthcheck: () => import("./commands/healthcheck.ts").then((module) => module.healthcheck),
};

async function runCommand(): Promise<void> {
  const [name = ""] = process.argv.slice(2);
  // Any other word asks for help, or is a mistake that is told with what there is.
  const asked = Object.hasOwn(commands, name) ? [commands[name as keyof typeof commands]] : Object.values(commands);
  for (const command of await Promise.all(asked.map((load) => load()))) program.addCommand(command);
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync();
}

tolerateClosedStdout();
// No await at the top: the executable is one CommonJS file, which has none.
runCommand().catch((error: unknown) => {
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
