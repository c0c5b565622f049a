import { Command } from "commander";
import { engine } from "../../engine/instance.ts";
import { check as checkClaim } from "../../grading/requests.ts";
import { readJson } from "../documents.ts";
import { exitCodes, Failure } from "../failure.ts";
import { print } from "../output.ts";
import { lossNamed, refusing } from "../refusal.ts";

export const check = new Command("check")
  .description(
    "check a claim against a batch from stdin, {…, claim: {loss, losses, gradients}}: right, or which mistake?",
  )
  .argument("<loss>", "a loss or an alias; `lossd losses` lists them")
  .action(async (name: string) => {
    const loss = lossNamed(name);
    const body = await readJson("-", "the request");
    const result = refusing(exitCodes.usage, "the request is not allowed", () => checkClaim(engine(), loss, body));
    await print(`${JSON.stringify(result, undefined, 2)}\n`);
    if (result.verdict === "format_error") throw new Failure(exitCodes.notGradable, "the claim cannot be compared");
    if (result.verdict !== "pass") process.exitCode = exitCodes.belowGate;
  });
