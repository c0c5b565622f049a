import { Command } from "commander";
import type { Config } from "../config.ts";
import { losses } from "../losses/registry.ts";
import { type ProblemData, problems } from "../problems.ts";
import { answer } from "../wire/answer.ts";
import { configuration } from "./configuration.ts";
import { exitCodes, Failure } from "./failure.ts";
import { print } from "./output.ts";

export const compute = new Command("compute")
  .description("compute one request body from stdin, without a server: the reply goes to stdout")
  .argument("<loss>", "a loss or an alias; `lossd losses` lists them")
  .addHelpText("after", `\nExample: echo '{"logits":[[2,1,0.1]],"labels":[1]}' | lossd compute cross_entropy`)
  .action(async (loss: string) => {
    const config = configuration();
    const body = await readStdin(config);
    const result = answer({ loss, body, elementsMax: config.ELEMENTS_MAX });
    if (!result.ok) throw new Failure(exitCodeOf(result.problem), sentences(result.problem));
    for (const segment of result.reply) await print(segment);
    await print("\n");
  });

async function readStdin({ BODY_BYTES_MAX }: Config): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new Failure(exitCodes.limit, `the body is larger than BODY_BYTES_MAX = ${BODY_BYTES_MAX} allows`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function exitCodeOf({ code }: ProblemData): number {
  const { status } = problems[code];
  if (status === 413) return exitCodes.limit;
  return status >= 500 ? exitCodes.internal : exitCodes.usage;
}

function sentences({ code, detail, errors }: ProblemData): string {
  const faults = errors.map((fault) => `  ${fault.pointer || "the body"}: ${fault.detail}`);
  const names = code === "unknown_loss" ? [`  the losses are ${losses.map(({ name }) => name).join(", ")}`] : [];
  return [`${problems[code].title}: ${detail}`, ...(errors.length > 1 ? faults : []), ...names].join("\n");
}
