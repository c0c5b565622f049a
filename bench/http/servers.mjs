// Processes: started on their cores, waited for, and ended whatever ends this one.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import os from "node:os";
import { setTimeout as wait } from "node:timers/promises";

const startMsMax = 120_000;
const stopMsMax = 10_000;
const running = new Set();

process.on("exit", () => {
  for (const server of running) signal(server, "SIGKILL");
});
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => process.exit(1));

/** Whether server and load can each have a core of their own. */
export const canPin = os.availableParallelism() > 1 && spawnSync("taskset", ["-V"]).status === 0;

const coresOf = {
  one: { server: "0", load: "1" },
  all: { server: `0-${os.cpus().length - 1}`, load: `0-${os.cpus().length - 1}` },
};

/** Moves this process, which is the load: to the core that the servers do not have, or back to all. */
export function pinLoad(cores) {
  if (canPin) spawnSync("taskset", ["-acp", coresOf[cores].load, String(process.pid)]);
}

/** Starts a server on core 0, or on all of them, and waits until it answers. */
export async function startServer({ folder, ready, start }, cores, options) {
  const ports = await findPorts(3);
  const { command, environment } = start(ports, options);
  const [program, ...args] = canPin ? ["taskset", "-c", coresOf[cores].server, ...command] : command;
  // A group of its own, so that a server's own processes end with it.
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const server = { child, url: `http://127.0.0.1:${ports[0]}`, errors: "" };
  child.stderr.setEncoding("utf8").on("data", (text) => {
    server.errors = (server.errors + text).slice(-2000);
  });
  // Rejects where there is no such program.
  await once(child, "spawn");
  running.add(server);
  await waitUntilReady(server, ready);
  return server;
}

export async function stopServer(server) {
  const { child } = server;
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, "exit");
    signal(server, "SIGTERM");
    const late = setTimeout(() => signal(server, "SIGKILL"), stopMsMax);
    await exit;
    clearTimeout(late);
  }
  // What it left running in its group.
  signal(server, "SIGKILL");
  running.delete(server);
}

function signal({ child }, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group is gone already.
  }
}

/** Free a moment ago: the kernel does not give the same ones again so soon. */
async function findPorts(count) {
  const probes = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  const ports = probes.map((probe) => String(probe.address().port));
  for (const probe of probes) probe.close();
  return ports;
}

/** Where a server has no page that tells, any answer says that it is there. */
async function waitUntilReady(server, page) {
  const deadline = performance.now() + startMsMax;
  while (performance.now() < deadline && server.child.exitCode === null) {
    const response = await fetch(server.url + (page ?? "/")).catch(() => undefined);
    await response?.arrayBuffer();
    if (response && (page === undefined || response.ok)) return;
    await wait(100);
  }
  await stopServer(server);
  throw new Error(`did not start: ${server.errors.trim()}`);
}
