// Every check by its name: what `--only` takes, in the order in which they run.
import { checkBombs } from "./bombs.mjs";
import { checkDeadlines } from "./deadlines.mjs";
import { checkGiants } from "./giants.mjs";
import { checkHalfClosed } from "./half_closed.mjs";
import { checkLogSinks } from "./log_sinks.mjs";
import { checkMemory } from "./memory.mjs";
import { checkOverload } from "./overload.mjs";
import { checkPoison } from "./poison.mjs";
import { checkSpeed } from "./speed.mjs";

export const checks = {
  giants: checkGiants,
  overload: checkOverload,
  bombs: checkBombs,
  deadlines: checkDeadlines,
  "half-closed": checkHalfClosed,
  "log-sinks": checkLogSinks,
  poison: checkPoison,
  memory: checkMemory,
  speed: checkSpeed,
};
