import { parseArgs } from "node:util";

const turnsByDefault = 5;

/**
 * What `npm run bench -- reliability` was asked for: the checks' names in the order in which they run, whether this is
 * the short form, the turns, and the old code's folder if it is given. Throws for a check that there is not.
 * @param {string[]} words the arguments, "reliability" among them
 * @param {string[]} known every check
 */
export function readArguments(words, known) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      old: { type: "string" },
      turns: { type: "string" },
    },
  });
  const [, ...more] = positionals;
  const asked = [...values.only, ...more];
  for (const name of asked) {
    if (!known.includes(name)) throw new Error(`there is no check "${name}": there are ${known.join(", ")}`);
  }
  const turns = Number(values.turns ?? (values.quick ? 1 : turnsByDefault));
  if (!Number.isInteger(turns) || turns < 1) throw new Error(`--turns is ${values.turns}, not a whole number above 0`);
  const names = asked.length === 0 ? known : known.filter((name) => asked.includes(name));
  return { names, quick: values.quick, turns, old: values.old };
}
