import { Command } from "commander";
import { losses as registry } from "../../losses/registry.ts";
import { describe } from "../../losses/schemas/catalogue.ts";
import { print, table } from "../output.ts";

export const losses = new Command("losses")
  .description("list the losses")
  .option("--json", "as JSON: what GET /v1/losses returns")
  .action(async ({ json }: { json?: boolean }) => {
    if (json) return print(`${JSON.stringify({ losses: registry.map(describe) }, undefined, 2)}\n`);
    const rows = registry.map((loss) => [loss.name, loss.aliases.join(", "), loss.kind, loss.summary]);
    await print(table([["loss", "aliases", "kind", "summary"], ...rows]));
  });
