// What the kernel says of a process: the service is not asked. Linux only.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const ticksPerSecond = 100;

function memory(pid, field) {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return (1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)[1])) / 1e6;
}

/** Resident memory, in MB. */
export const residentMB = (pid) => memory(pid, "VmRSS");

/** The greatest resident memory since the last `forgetPeak`, in MB. */
export const peakMB = (pid) => memory(pid, "VmHWM");

export function forgetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Seconds of processor time that all threads have taken. */
export function processorSeconds(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  return (user + system) / ticksPerSecond;
}

/** The numbers of the threads that are workers: Node gives them this name. */
function workerThreads(pid) {
  return readdirSync(`/proc/${pid}/task`).filter((thread) => {
    try {
      return readFileSync(`/proc/${pid}/task/${thread}/comm`, "utf8").startsWith("WorkerThread");
    } catch {
      return false; // It ended meanwhile.
    }
  });
}

/** Counts the workers that are started from now on. `stop` gives their number. */
export function countNewWorkers(pid, everyMs = 50) {
  const before = new Set(workerThreads(pid));
  const seen = new Set();
  const look = () => {
    for (const thread of workerThreads(pid)) if (!before.has(thread)) seen.add(thread);
  };
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      look();
      return seen.size;
    },
  };
}

/**
 * Whether a server on this machine still holds its end of a connection. A closed end may stay in the kernel for long with
 * what was never read, but no process has it: its inode is 0.
 */
export function serverHolds(serverPort, clientPort) {
  const hex = (port) => port.toString(16).toUpperCase().padStart(4, "0");
  const line = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((text) => text.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(`:${hex(serverPort)}`) && remote.endsWith(`:${hex(clientPort)}`));
  return line !== undefined && line[9] !== "0";
}
