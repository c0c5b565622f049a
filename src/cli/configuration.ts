import { type Config, ConfigError, loadConfig } from "../config.ts";
import { exitCodes, Failure } from "./failure.ts";

/** The configuration in force; a bad one is a failure of usage. */
export function configuration(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(exitCodes.usage, error.message);
    throw error;
  }
}
