// Every check by its name: what `--only` takes, in the order in which they run.
import { checkBombs } from "./bombs.mjs";
import { checkDeadlines } from "./deadlines.mjs";
import { checkGiants } from "./giants.mjs";
import { checkHalfClosed } from "./half_closed.mjs";
import { checkLogSinks } from "./log_sinks.mjs";
import { checkMemory } from "./memory.mjs";
import { checkMutatedRequests } from "./mutated_requests.mjs";
import { checkOverload } from "./overload.mjs";
import { checkPoison } from "./poison.mjs";
import { checkSpeed } from "./speed.mjs";
import { checkStops } from "./stops.mjs";

export const checks = {
  giants: checkGiants,
  overload: checkOverload,
  bombs: checkBombs,
  deadlines: checkDeadlines,
  "half-closed": checkHalfClosed,
  "log-sinks": checkLogSinks,
  stops: checkStops,
  poison: checkPoison,
  memory: checkMemory,
  "mutated-requests": checkMutatedRequests,
  speed: checkSpeed,
};
