// Whether /metrics and the log tell the same story, to the request.
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { askOnce, makeRequest } from "./client.mjs";

const askMetrics = makeRequest("GET", "/metrics", { connection: "close" });
/** The log is written a tenth of a second late, and a reply that was broken off is noticed late. */
const patienceMs = 5000;

const add = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1);
const classOf = (status) => `status="${Math.floor(status / 100)}xx"`;

/** Counts a service's lines as they come, but for those of /metrics, which this file asks. */
export function readLog(stdout) {
  const counts = new Map();
  createInterface({ input: stdout }).on("line", (text) => {
    const { msg, status, code, route } = JSON.parse(text);
    if ((msg !== "request" && msg !== "request refused") || route === "/metrics") return;
    add(counts, classOf(status));
    if (code) add(counts, `code="${code}"`);
  });
  return counts;
}

/** The same counts from the text of /metrics, of which `earlier` requests are this file's own. */
function countsOf(text, earlier) {
  const counts = new Map([['status="2xx"', -earlier]]);
  for (const [, label, value] of text.matchAll(
    /^lossd_(?:requests|problems)_total\{.*?((?:status|code)="\w+")\} (\d+)$/gm,
  )) {
    if (value !== "0") counts.set(label, (counts.get(label) ?? 0) + Number(value));
  }
  return counts;
}

/** Nothing where there are no metrics, as in the old code. */
export async function compareWithLog(port, log) {
  const deadline = performance.now() + patienceMs;
  for (let earlier = 0; ; earlier++) {
    const { status, body } = await askOnce(port, askMetrics);
    if (status !== 200) return {};
    const text = body.toString();
    await wait(250);
    const counted = countsOf(text, earlier);
    const uncounted = [...new Set([...counted.keys(), ...log.keys()])].reduce(
      (sum, label) => sum + Math.abs((counted.get(label) ?? 0) - (log.get(label) ?? 0)),
      0,
    );
    const series = text.split("\n").filter((line) => /^[a-z]/.test(line)).length;
    if (uncounted === 0 || performance.now() > deadline) return { series, uncounted };
  }
}
