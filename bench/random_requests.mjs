// For random_requests.py: the cases of a file, one line for each that is beyond the bounds.
import { readFileSync } from "node:fs";
import { mismatches } from "../test/harness/reference.ts";

const { cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const one of cases) {
  const found = mismatches(one, one.loss);
  if (found.length > 0) console.log(`${one.name}: ${found.join("; ")}: ${JSON.stringify(one.request)}`);
}
