// npm run digest                compares the answers of this Node on this machine with the committed digests
// npm run digest -- --write     writes the digests: a change of any answer, to be noted in CHANGELOG.md
// npm run digest -- --show L    prints each body and reply of the loss L, to compare two machines line by line
// Itself, node test/determinism/digest.ts, it needs dist/ and node_modules/ and nothing but Node.
import { writeFileSync } from "node:fs";
import process from "node:process";
import { findLoss, losses } from "#lossd/losses/registry.js";
import { bodiesOf, committed, compute, type Digest, fileOf, replyTo, total } from "./digests.ts";

const print = (line: string) => process.stdout.write(`${line}\n`);

function show(name: string): void {
  const loss = findLoss(name);
  if (!loss) throw new Error(`there is no loss ${name}`);
  bodiesOf(loss).forEach((body, number) => {
    print(`${number} ${body}\n${number} ${new TextDecoder().decode(replyTo(loss, body))}`);
  });
}

/** What is not as committed, in one sentence a loss. */
function findChanges(digests: readonly Digest[]): string[] {
  return losses.flatMap(({ name }, i) => {
    const wanted = committed(name);
    const found = digests[i]!;
    if (!wanted) return [`${name} has no committed digest`];
    if (wanted.requests !== found.requests) return [`${name}: the requests are not the committed ones`];
    if (wanted.replies !== found.replies) return [`${name}: the same requests have other answers`];
    return wanted.float32 === found.float32 ? [] : [`${name}: the same float32 requests have other answers`];
  });
}

function digest(write: boolean): void {
  const digests = losses.map((loss) => compute(loss));
  if (write) {
    losses.forEach((loss, i) => {
      writeFileSync(fileOf(loss.name), `${JSON.stringify(digests[i], undefined, 2)}\n`);
    });
  }
  const answers = digests.reduce((sum, digest) => sum + digest.answers, 0);
  print(`${answers} answers of ${losses.length} losses, Node ${process.version} on ${process.arch}: ${total(digests)}`);
  const changes = findChanges(digests);
  for (const change of changes) process.stderr.write(`${change}\n`);
  process.exitCode = changes.length > 0 ? 1 : 0;
}

const [mode, name] = process.argv.slice(2);
if (mode === "--show" && name) show(name);
else digest(mode === "--write");
