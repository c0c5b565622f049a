// What comes from a registry is known by its hash, and under a licence that we may pass on. Part of `npm run check`.
import { readFileSync } from "node:fs";

const lockFiles = ["package-lock.json", "test/clients/generated/typescript/package-lock.json"];

/** Those that ask for a notice at most, and MPL-2.0, whose files stay as they are. */
const allowed = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MPL-2.0",
  "Python-2.0",
];

/** Of "A OR B" one has to be allowed, of "A AND B" both; other expressions are for a person to read. */
function isAllowed(licence) {
  const choices = licence.replaceAll(/[()]/g, "").split(" OR ");
  return choices.some((choice) => choice.split(" AND ").every((name) => allowed.includes(name)));
}

function faultsOf(file) {
  const { packages } = JSON.parse(readFileSync(file, "utf8"));
  const own = (entry) => entry.link === true || !entry.path.includes("node_modules/");
  const entries = Object.entries(packages).map(([path, entry]) => ({ ...entry, path }));
  return entries
    .filter((entry) => !own(entry))
    .flatMap(({ path, integrity = "", license = "none", resolved }) => [
      ...(integrity.startsWith("sha512-") ? [] : [`${path} has no integrity by SHA-512`]),
      ...(resolved === undefined ? [] : [`${path} names where it came from: ${resolved}`]),
      ...(isAllowed(license) ? [] : [`${path} has the licence ${license}, which nobody has allowed yet`]),
    ]);
}

const faults = lockFiles.flatMap((file) => faultsOf(file).map((fault) => `${file}: ${fault}`));
if (faults.length > 0) {
  console.error(`build/supply.mjs:\n${faults.join("\n")}`);
  process.exit(1);
}
console.log("the lock files: every package has its SHA-512 and a licence that is allowed");
