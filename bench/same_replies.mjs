// Whether this code answers as another one: `npm run bench -- same_replies --old FOLDER` (a built checkout) asks both the
// same requests of every kind, refusals among them, and compares replies, head and body, and log lines by the byte. What
// is new in each (dates, times, ids that the service made) is masked.
import { parseArgs } from "node:util";
import { root } from "./reliability/old_code.mjs";
import { startService, stopService } from "./reliability/service.mjs";
import { askRaw } from "./same_replies/ask.mjs";
import { makeRequests } from "./same_replies/requests.mjs";

/** Small limits, so that requests meet them. */
const environment = {
  BODY_BYTES_MAX: "200000",
  ELEMENTS_MAX: "5000",
  GRADING_ELEMENTS_MAX: "2000",
  REPLY_BYTES_MAX: "150000",
  CORS_ORIGINS: "https://example.org",
  WORKERS: "1",
};

const masks = [
  [/^date: .*\r$/gim, "date\r"],
  [/;dur=[\d.]+/g, ";dur"],
  [/[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, "ID"],
  [/"time":"[^"]*"/g, "TIME"],
  [/"(ms|queueMs|computeMs)":[\d.]+/g, "$1"],
  [/"stack":"[^"]*"/g, "STACK"],
];

const shownMax = 10;
const shownLength = 150;

/** A reply with the lines of its head in one order: theirs says nothing. */
function withHeadSorted(reply) {
  const end = reply.indexOf("\r\n\r\n");
  const [status, ...headers] = reply.slice(0, end).split("\r\n");
  return [status, ...headers.sort()].join("\r\n") + reply.slice(end);
}

const mask = (text) => masks.reduce((masked, [pattern, word]) => masked.replace(pattern, word), text);

/** Every reply and every log line of a folder's service, masked. */
async function answersOf(folder, requests) {
  const service = await startService({ folder, environment, stdout: "pipe" });
  let log = "";
  service.child.stdout.setEncoding("utf8").on("data", (text) => {
    log += text;
  });
  const replies = [];
  for (const { pieces } of requests) {
    const reply = (await askRaw(service.port, pieces)).toString("latin1");
    replies.push(mask(withHeadSorted(reply)));
  }
  await stopService(service);
  // Of the start and the end each code says its own, and one may be asked more often whether it is ready.
  const lines = log.split("\n").filter((line) => /"msg":"(?:request|request refused|a request failed)"/.test(line));
  return { replies, lines: lines.filter((line) => !line.includes('"/health/ready"')).map(mask) };
}

/** What stands before the first difference, and behind it in each. */
function showDifference(old, own) {
  let at = 0;
  while (old[at] === own[at]) at++;
  const around = (text) => JSON.stringify(text.slice(Math.max(0, at - shownLength), at + shownLength));
  return `  old ${around(old)}\n  new ${around(own)}`;
}

function compare(what, old, own, nameOf) {
  let different = old.length === own.length ? 0 : 1;
  if (different) console.log(`${what}: ${old.length} and ${own.length}`);
  for (let i = 0; i < Math.min(old.length, own.length); i++) {
    if (old[i] === own[i]) continue;
    if (different++ < shownMax) console.log(`${what} ${nameOf(i)}:\n${showDifference(old[i], own[i])}`);
  }
  console.log(`${what}: ${old.length} compared, ${different} different`);
  return different === 0;
}

const { values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: { old: { type: "string" } },
});
if (!values.old) throw new Error("--old FOLDER is missing: a built checkout of the code to compare with");
const requests = makeRequests();
const old = await answersOf(values.old, requests);
const own = await answersOf(root, requests);
const statuses = Object.groupBy(own.replies, (reply) => reply.slice(9, 12));
console.log(
  Object.entries(statuses)
    .map(([status, replies]) => `${status}: ${replies.length}`)
    .join(", "),
);
const same = [
  compare("replies", old.replies, own.replies, (i) => requests[i].name),
  compare("log lines", old.lines, own.lines, String),
];
process.exitCode = same.every(Boolean) ? 0 : 1;
