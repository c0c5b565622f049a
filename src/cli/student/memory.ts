import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { processes, type User, withDescendants } from "./user.ts";

const intervalMs = 100;
/** Files there are memory. */
const sharedMemory = "/dev/shm";

/** Looks at the memory of all of a program's processes together, and tells when it is more than they may have. */
export function watchMemory(
  pid: number | undefined,
  user: User | undefined,
  bytesMax: number,
  tell: () => void,
): NodeJS.Timeout {
  return setInterval(() => {
    const pids = user ? pidsOf(user) : pid === undefined ? [] : withDescendants(pid);
    const bytes = pids.reduce((sum, one) => sum + proportionalBytes(one), 0);
    if (bytes + (user ? sharedBytesOf(user) : 0) > bytesMax) tell();
  }, intervalMs);
}

function pidsOf({ uid }: User): number[] {
  return processes()
    .filter(({ uids }) => uids.includes(uid))
    .map(({ pid }) => pid);
}

/** A process's share of memory: what several have counts once in all. */
function proportionalBytes(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return 1024 * Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function sharedBytesOf({ uid }: User): number {
  let bytes = 0;
  try {
    for (const name of readdirSync(sharedMemory)) {
      const { uid: owner, blocks } = statSync(path.join(sharedMemory, name));
      if (owner === uid) bytes += 512 * blocks;
    }
  } catch {
    // The machine has no such folder, or a file is gone.
  }
  return bytes;
}
