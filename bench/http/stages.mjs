// Where a request's time goes: what the server-timing header says, and HTTP is what is left of the whole.
import { makeBatch } from "./batches.mjs";
import { Connection } from "./connection.mjs";
import { ours } from "./entrants.mjs";
import { median } from "./measure.mjs";
import { pinLoad, startServer, stopServer } from "./servers.mjs";
import { makeRequest } from "./wires.mjs";

const stageNames = ["queue", "parse", "compute", "print"];

/**
 * The median milliseconds of each stage in each row, one request at a time.
 * @param {{ seconds: number }} effort of which each row takes so many
 */
export async function measureStages(rows, { seconds }) {
  const measured = [];
  for (const row of rows) {
    const entry = ours.entries.find(({ wire }) => row.wires.includes(wire));
    pinLoad(row.cores);
    const server = await startServer(ours, row.cores);
    try {
      measured.push({ row, stages: await sample(server, entry, makeBatch(row.batch), seconds) });
    } catch (error) {
      measured.push({ row, reason: error.message });
    } finally {
      await stopServer(server);
    }
  }
  return measured.map(({ row, ...rest }) => ({
    title: row.title,
    numbers: row.batch.rows * row.batch.columns,
    ...rest,
  }));
}

async function sample({ url }, { wire, path }, batch, seconds) {
  const { headers, body } = makeRequest(wire, batch);
  const connection = await Connection.open(url);
  const warm = performance.now() + 1000 * seconds;
  const request = Connection.prepare(path, headers, body);
  do await connection.send(request);
  while (performance.now() < warm);
  const samples = [];
  const end = performance.now() + 1000 * seconds;
  do {
    const { ms, head } = await connection.send(request);
    const stages = Object.fromEntries(stageNames.map((name) => [name, Number(durationIn(head, name))]));
    const inside = stageNames.reduce((sum, name) => sum + stages[name], 0);
    samples.push({ total: ms, http: ms - inside, ...stages });
  } while (performance.now() < end);
  connection.close();
  return Object.fromEntries(Object.keys(samples[0]).map((name) => [name, median(samples.map((one) => one[name]))]));
}

function durationIn(head, stage) {
  const header = /^server-timing: *(.*)$/im.exec(head)?.[1] ?? "";
  return new RegExp(`\\b${stage};dur=([\\d.]+)`).exec(header)?.[1];
}

/** A table: milliseconds, and nanoseconds a number of the batch. */
export function formatStages(measured) {
  const columns = ["total", "http", ...stageNames];
  const lines = measured.map(({ title, numbers, stages, reason }) => {
    if (!stages) return `| ${title} | not measured: ${reason} |${" |".repeat(columns.length - 1)}`;
    const cells = columns.map(
      (name) => `${stages[name].toPrecision(3)} (${((1e6 * stages[name]) / numbers).toFixed(1)})`,
    );
    return `| ${title} | ${cells.join(" | ")} |`;
  });
  return [
    "Milliseconds of one request at a time, in parentheses nanoseconds a number of the batch. `http` is what the stages of",
    "the reply's server-timing header leave of the whole: both directions, the hop to the worker, and the client.",
    "",
    `| row | ${columns.join(" | ")} |`,
    `|---|${"---|".repeat(columns.length)}`,
    ...lines,
    "",
  ].join("\n");
}
