import { Command } from "commander";
import { answerAs } from "../../wire/format.ts";
import { curve as curveFormat } from "../../wire/formats.ts";
import { configuration } from "../configuration.ts";
import { exitCodes, Failure } from "../failure.ts";
import { print } from "../output.ts";
import { lossNamed, refusal } from "../refusal.ts";

export const curve = new Command("curve")
  .description("draw loss and gradient over a range of one logit, as SVG to stdout")
  .argument("<losses>", "a loss or an alias, or several with commas")
  .argument(
    "[settings...]",
    "name=value: from, to, points, label, options of the loss; a list of values draws one each",
  )
  .option("--json", "the numbers instead of the picture")
  .addHelpText(
    "after",
    "\nExamples: lossd curve focal gamma=0,1,2,5 > focal.svg\n          lossd curve mse_sigmoid,binary_cross_entropy label=1 from=-8 > why.svg",
  )
  .action(async (names: string, settings: readonly string[], { json }: { json?: boolean }) => {
    const loss = names
      .split(",")
      .map((name) => lossNamed(name).name)
      .join(",");
    const wrong = settings.find((setting) => !setting.includes("="));
    if (wrong !== undefined)
      throw new Failure(exitCodes.usage, `expected name=value, but found ${JSON.stringify(wrong)}`);
    const query = settings
      .map((setting) => setting.replace(/^--/, "").split(/=(.*)/s, 2).map(encodeURIComponent).join("="))
      .join("&");
    const elementsMax = configuration().ELEMENTS_MAX;
    const body = new TextEncoder().encode(query);
    const result = answerAs(curveFormat, { format: "curve", loss, body, elementsMax });
    if (!result.ok) throw refusal(result.problem);
    const reply = Buffer.concat(result.reply).toString();
    if (json) return print(`${reply}\n`);
    const { drawCurves } = await import("../../plot/curves.ts");
    await print(drawCurves(JSON.parse(reply)));
  });
