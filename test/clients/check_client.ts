// node test/clients/check_client.ts NAME CHECKS COMMAND…
// Runs a client against services of its own, with LOSSD_URL, and fails if one of the checks does: a list out of
//   answers      it prints "row N: LOSS" for each row of the batch below and "mean: LOSS", as the service says them
//   too_large    refused with 413, it asks once and ends with exit code 1 and the reply's words
//   busy         told 429 and Retry-After, it waits that long, asks again, and prints the answer
//   overloaded   told so each time, it gives up after four attempts, with exit code 1 and the reply's words
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { ask, full, keepBusy, type Logged, overload, type Service, startService } from "./service.ts";

/** What every client posts: the second row's loss is infinite. */
const batch = {
  logits: [
    [2, 1, 0.1],
    [0.5, "-Infinity", -1],
  ],
  labels: [1, 1],
};

const attempts = 4;
/** The service's Retry-After while it knows of no slow work; timers are rounded. */
const [retryAfterMs, slackMs] = [1000, 5];

interface Reply {
  readonly loss: number | string;
  readonly losses: readonly (number | string)[];
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Run = (service: Service) => Promise<Outcome>;

function expect(holds: boolean, what: string, { code, stdout, stderr }: Outcome, requests: readonly Logged[]): void {
  if (holds) return;
  const statuses = requests.map(({ status }) => status).join(", ");
  throw new Error(`${what}\nexit code ${code}, asked and was told ${statuses}\n${stdout}\n${stderr}`);
}

/** The numbers that a client printed, whatever its language calls an infinity. */
function readLosses(stdout: string): Map<string, number> {
  // Maven resets a terminal's colours wherever it prints.
  const lines = [...stripVTControlCharacters(stdout).matchAll(/^(row \d+|mean): (\S+)$/gm)];
  return new Map(lines.map(([, name, word]) => [name!, Number(word!.replace(/^\+?inf(inity)?$/i, "Infinity"))]));
}

async function expectAnswer(service: Service, outcome: Outcome): Promise<void> {
  const { loss, losses } = await ask<Reply>(service.url, "cross_entropy", batch);
  const told = new Map([...losses.map((value, row) => [`row ${row}`, value] as const), ["mean", loss]]);
  const printed = readLosses(outcome.stdout);
  for (const [name, value] of told) {
    expect(printed.get(name) === Number(value), `${name} is not ${value}`, outcome, service.requests);
  }
  expect(outcome.code === 0 && printed.size === told.size, "not this batch's answer", outcome, service.requests);
}

function expectWords(words: RegExp, outcome: Outcome, { requests }: Service): void {
  expect(outcome.code === 1 && words.test(outcome.stderr), `no exit code 1 with ${words}`, outcome, requests);
}

const pauses = (requests: readonly Logged[]) =>
  requests.slice(1).map(({ arrived }, index) => Math.round(arrived - requests[index]!.arrived));

function expectPatience(outcome: Outcome, requests: readonly Logged[]): void {
  const waited = pauses(requests).every((ms) => ms >= retryAfterMs - slackMs);
  expect(waited, `asked again before Retry-After: after ${pauses(requests).join(", ")} ms`, outcome, requests);
}

async function answers(run: Run, service: Service): Promise<void> {
  await expectAnswer(service, await run(service));
}

async function tooLarge(run: Run, service: Service): Promise<void> {
  const outcome = await run(service);
  await service.stop();
  expectWords(/ELEMENTS_MAX/, outcome, service);
  expect(service.requests.length === 1, "asked again after a 413", outcome, service.requests);
}

async function busy(run: Run, service: Service): Promise<void> {
  const relent = await keepBusy(service.url);
  void service.answered(429).then(relent);
  const outcome = await run(service);
  await expectAnswer(service, outcome);
  await service.stop();
  // The last request is expectAnswer's.
  const own = service.requests.slice(0, -1);
  expect(own.map(({ status }) => status).join() === "429,200", "not one 429 and an answer", outcome, own);
  expectPatience(outcome, own);
}

async function overloaded(run: Run, service: Service): Promise<void> {
  await overload(service.url);
  const outcome = await run(service);
  await service.stop();
  expectWords(/QUEUE_LENGTH_MAX/, outcome, service);
  const own = service.requests;
  expect(own.length === attempts, `not ${attempts} attempts`, outcome, own);
  expectPatience(outcome, own);
}

const checks = {
  answers: { check: answers, variables: {} },
  too_large: { check: tooLarge, variables: { ELEMENTS_MAX: "1" } },
  busy: { check: busy, variables: full },
  overloaded: { check: overloaded, variables: full },
};

async function runClient(command: readonly string[], url: string): Promise<Outcome> {
  const env = { ...process.env, LOSSD_URL: url };
  const client = spawn(command[0]!, command.slice(1), { env, stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  const [stdout, stderr, [code]] = await Promise.all([text(client.stdout), text(client.stderr), once(client, "exit")]);
  return { code: code as number, stdout, stderr };
}

async function main([name, list, ...command]: readonly string[]): Promise<void> {
  if (!name || !list || command.length === 0) throw new Error("usage: check_client.ts NAME CHECKS COMMAND…");
  const wanted = list.split(",") as (keyof typeof checks)[];
  // All are waited for, so that a check that fails leaves no service behind.
  const ended = await Promise.allSettled(
    wanted.map(async (word) => {
      const { check, variables } = checks[word];
      const service = await startService(variables);
      try {
        await check(({ url }) => runClient(command, url), service);
      } catch (error) {
        throw new Error(`${name}, ${word}: ${(error as Error).message}`);
      } finally {
        await service.stop();
      }
    }),
  );
  for (const result of ended) if (result.status === "rejected") throw result.reason;
  process.stdout.write(`${name}: ${wanted.join(", ")}\n`);
}

await main(process.argv.slice(2));
