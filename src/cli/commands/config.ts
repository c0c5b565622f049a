import { Command } from "commander";
import { describeConfig } from "../../config.ts";
import { configuration } from "../configuration.ts";
import { print, table } from "../output.ts";

export const config = new Command("config")
  .description("print the configuration in force: every environment variable, its value, default and bound")
  .action(async () => {
    const rows = describeConfig(configuration()).map((variable) => [
      variable.name,
      String(variable.value),
      variable.default,
      variable.bound,
      variable.description,
    ]);
    await print(table([["variable", "value", "default", "bound", "meaning"], ...rows]));
  });
