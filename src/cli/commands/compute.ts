import { Command } from "commander";
import { answerAs } from "../../wire/format.ts";
import { jsonFormat } from "../../wire/v1/format.ts";
import { computeLines } from "../compute_lines.ts";
import { configuration } from "../configuration.ts";
import { allOf, openInput, readBody } from "../input.ts";
import { print } from "../output.ts";
import { lossNamed, refusal } from "../refusal.ts";

interface Options {
  readonly ndjson?: boolean;
  readonly summaryOnly?: boolean;
}

export const compute = new Command("compute")
  .description("compute what stdin holds, without a server: one request body, or one a line; replies go to stdout")
  .argument("<loss>", "a loss or an alias; `lossd losses` lists them")
  .option("--ndjson", "each line is a request body, as in POST application/x-ndjson; seen by itself from two lines on")
  .option("--summary-only", "of lines: only the last reply line, which says what they come to; implies --ndjson")
  .addHelpText(
    "after",
    `\nExamples: echo '{"logits":[[2,1,0.1]],"labels":[1]}' | lossd compute cross_entropy\n          lossd compute cross_entropy < batches.ndjson > replies.ndjson`,
  )
  .action(async (loss: string, { ndjson, summaryOnly }: Options) => {
    if (ndjson || summaryOnly) return computeLines(lossNamed(loss).name, process.stdin, summaryOnly);
    const config = configuration();
    const input = await openInput(process.stdin, config);
    if (input.hasLines) return computeLines(lossNamed(loss).name, allOf(input));
    const body = await readBody(input, config);
    const result = answerAs(jsonFormat, { format: "json", loss, body, elementsMax: config.ELEMENTS_MAX });
    if (!result.ok) throw refusal(result.problem);
    for (const segment of result.reply) await print(segment);
    await print("\n");
  });
