// A check's turns: in each, every code is measured once, so that what the machine does meanwhile meets all alike.
import { describeMachine } from "../http/machine.mjs";
import { startService, stopAll } from "./service.mjs";

/**
 * The figures of each code, one a turn. What throws gives its turn no figure and a line among `failures`.
 * @param {{ measure(code: object): Promise<Record<string, number>> }} check
 * @param {{ name: "old" | "new", folder: string }[]} codes
 */
export async function runCheck(check, codes, turns) {
  const outcome = { machine: describeMachine(), turns, values: { old: {}, new: {} }, failures: [] };
  for (let turn = 0; turn < turns; turn++) {
    for (const { name, folder } of codes) {
      const start = (environment, options) => startService({ folder, environment, ...options });
      try {
        const figures = await check.measure({ start, folder, turn });
        console.error(`  ${name}: ${JSON.stringify(figures, keepInfinity)}`);
        for (const [key, value] of Object.entries(figures)) {
          outcome.values[name][key] ??= [];
          outcome.values[name][key].push(value);
        }
      } catch (error) {
        console.error(`  ${name} FAILED: ${error.stack}`);
        outcome.failures.push({ code: name, reason: error.message });
      } finally {
        stopAll();
      }
    }
  }
  return outcome;
}

export const keepInfinity = (_key, value) => (value === Number.POSITIVE_INFINITY ? "never" : value);
export const readInfinity = (_key, value) => (value === "never" ? Number.POSITIVE_INFINITY : value);
