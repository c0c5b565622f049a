// One row: every server that speaks one of its formats is started, has to answer rightly, and is then measured in turn.
import { answerOf, findFault, tolerances } from "./answers.mjs";
import { makeBatch } from "./batches.mjs";
import { cpuSecondsOf } from "./cpu.mjs";
import { measures } from "./measure.mjs";
import { pinLoad, startServer, stopServer } from "./servers.mjs";
import { makeRequest, readReply } from "./wires.mjs";

/**
 * The figures of each entry, one a round, and the reasons of those that have none.
 * @param {{ rounds: number, seconds: number }} effort
 */
export async function runRow(row, entrants, { rounds, seconds }) {
  const servers = [];
  const leftOut = [];
  // What goes wrong with one is a line of the results, and the others go on.
  const tried = async ({ name, group, wire }, step) => {
    try {
      return await step();
    } catch (error) {
      leftOut.push({ name, group, wire, reason: error.message });
      return undefined;
    }
  };
  pinLoad(row.cores);
  try {
    let lanes = [];
    const enter = makeEntry(row, seconds);
    for (const { entries, ...entrant } of entrants) {
      const asked = entries.filter(({ wire }) => row.wires.includes(wire));
      if (asked.length === 0) continue;
      const all = { ...asked[0], name: asked.map(({ name }) => name).join(" and ") };
      const server = await tried(all, () => startServer(entrant, row.cores));
      if (!server) continue;
      servers.push(server);
      for (const entry of asked) lanes.push(await tried(entry, () => enter(entry, server)));
    }
    for (let turn = 0; turn < rounds; turn++) {
      // A lane that missed a turn has been left out.
      lanes = lanes.filter((lane) => lane?.figures.length === turn);
      for (const lane of lanes) {
        const measured = await tried(lane.entry, lane.round);
        if (measured === undefined) continue;
        lane.figures.push(measured.figure);
        lane.cpuMs.push(measured.cpuMs);
      }
    }
    const results = lanes
      .filter(({ figures }) => figures.length === rounds)
      .map(({ entry: { name, group, wire }, bytes, figures, cpuMs }) => {
        const isKnown = cpuMs.every((value) => value !== undefined);
        return { name, group, wire, bytes, figures, ...(isKnown && { cpuMs }) };
      });
    return { title: row.title, results, leftOut };
  } finally {
    for (const server of servers) await stopServer(server);
  }
}

/** Makes an entry's lane once its server has answered rightly: warm, and with no figures yet. */
function makeEntry(row, seconds) {
  const batch = makeBatch(row.batch);
  const expected = answerOf(batch);
  const requests = Object.fromEntries(row.wires.map((wire) => [wire, makeRequest(wire, batch)]));
  return async (entry, { url: origin, child }) => {
    const { query, headers, body } = requests[entry.wire];
    const target = { url: origin + entry.path + query, headers, body };
    await check(entry, target, batch, expected);
    const cpuSeconds = cpuSecondsOf(child.pid) === undefined ? undefined : () => cpuSecondsOf(child.pid);
    const how = { seconds, connections: row.connections, cpuSeconds };
    const round = await measures[row.measure].prepare(target, how);
    return { entry, bytes: body.length, figures: [], cpuMs: [], round };
  };
}

/** Throws where a server does not give the engine's numbers; the echo has only to give back what it got. */
async function check({ group, wire }, { url, headers, body }, batch, expected) {
  const response = await fetch(url, { method: "POST", headers, body });
  const reply = { headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${reply.body.toString("utf8", 0, 300)}`);
  const fault =
    group === "floor"
      ? !reply.body.equals(body) && "is no echo"
      : findFault(readReply(wire, reply, batch), expected, tolerances[batch.precision]);
  if (fault) throw new Error(`answered wrongly: ${fault}`);
}
