// The service as an operator runs it: a process of its own, told by its environment, watched over HTTP.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { askOnce, makeRequest } from "./client.mjs";

const startMsMax = 30_000;
const running = new Set();
const askReady = makeRequest("GET", "/health/ready", { connection: "close" });

process.on("exit", stopAll);

/** Ends every service that still runs, at once. */
export function stopAll() {
  for (const child of running) child.kill("SIGKILL");
}

/** Free a moment ago: the kernel does not give the same one again so soon. */
export async function findPort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}

/**
 * Starts the service of a folder without waiting for it.
 * @param {{ folder: string, environment?: Record<string, string>, stdout?: "ignore" | "pipe" | number, port?: number }} how
 */
export async function launch({ folder, environment = {}, stdout = "ignore", port }) {
  const ownPort = port ?? (await findPort());
  const child = spawn(process.execPath, ["dist/main.js", "serve"], {
    cwd: folder,
    env: { ...process.env, ...environment, PORT: String(ownPort), HOST: "127.0.0.1" },
    stdio: ["ignore", stdout, "pipe"],
  });
  const service = { child, pid: child.pid, port: ownPort, errors: "" };
  child.stderr.setEncoding("utf8").on("data", (text) => {
    service.errors = (service.errors + text).slice(-2000);
  });
  running.add(child);
  service.exit = once(child, "exit").then(([code, signal]) => {
    running.delete(child);
    return signal ?? code;
  });
  return service;
}

/** Starts the service of a folder and waits until it is ready. Throws when it ends before. */
export async function startService(how) {
  const service = await launch(how);
  const deadline = performance.now() + startMsMax;
  while (performance.now() < deadline && service.child.exitCode === null) {
    if (await isReady(service.port)) return service;
    await wait(50);
  }
  service.child.kill("SIGKILL");
  throw new Error(`the service did not become ready: ${service.errors.trim()}`);
}

export async function isReady(port, timeoutMs = 1000) {
  return (await askOnce(port, askReady, { timeoutMs })).status === 200;
}

/**
 * Sends SIGTERM and waits for the end; what has not ended after `patienceMs` is killed.
 * @returns {Promise<{ seconds: number, code: number | string }>} Infinity seconds where it had to be killed
 */
export async function stopService({ child, exit }, patienceMs = 30_000) {
  const started = performance.now();
  child.kill("SIGTERM");
  const late = new AbortController();
  const code = await Promise.race([exit, wait(patienceMs, "late", { signal: late.signal }).catch(() => "late")]);
  late.abort();
  if (code !== "late") return { seconds: (performance.now() - started) / 1000, code };
  child.kill("SIGKILL");
  return { seconds: Number.POSITIVE_INFINITY, code: await exit };
}
