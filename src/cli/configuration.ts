import { type Config, ConfigError, loadConfig } from "../config.ts";
import { exitCodes, Failure } from "./failure.ts";

/** The configuration in force; a bad one is a failure of usage. */
export function configuration(): Config {
  try {
    return loadConfig();
  } catch (error) {
    throw asUsage(error);
  }
}

/** What a bad configuration is for a command; other errors stay as they are. */
export function asUsage(error: unknown): unknown {
  return error instanceof ConfigError ? new Failure(exitCodes.usage, error.message) : error;
}
