import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import type { MemoryGroup } from "./cgroup.ts";
import { sharedFolders } from "./shared_folders.ts";
import { segmentBytesOf } from "./system_v.ts";
import { processes, type User, withDescendants } from "./user.ts";

const intervalMs = 100;
/** Files there are memory. */
const sharedMemory = "/dev/shm";
const kilobyte = 1024;

/** Looks at the memory of all of a program's processes together, and tells when it is more than they may have. */
export function watchMemory(
  pid: number | undefined,
  user: User | undefined,
  bytesMax: number,
  group: MemoryGroup | undefined,
  tell: () => void,
): NodeJS.Timeout {
  const isTooMuch = () =>
    memoryOf(user ? pidsOf(user) : pid === undefined ? [] : withDescendants(pid), user) > bytesMax;
  // The kernel counts exactly, and a user of its own cannot leave the group.
  const isCounted = group !== undefined && user !== undefined;
  return setInterval(() => {
    if (group?.wasFull() || (!isCounted && isTooMuch())) tell();
  }, intervalMs);
}

/**
 * Bytes that processes have together: their own, and what they share, as memory or as files in memory, whichever is more:
 * a file that is mapped is both.
 */
export function memoryOf(pids: readonly number[], user: User | undefined): number {
  const shares = pids.map(shareOf);
  const unseen = pids.filter((_pid, i) => shares[i] === undefined);
  const text = [...shares, user && unseen.length > 0 ? sharesAsUser(unseen, user) : ""].join("\n");
  const mapped = bytesIn(text, "Pss_Shmem");
  const own = bytesIn(text, "Pss") + bytesIn(text, "SwapPss") - mapped;
  const named = user ? sharedBytesOf(user) + segmentBytesOf(user) : coveringBytesOf(pids);
  return own + Math.max(mapped, namelessBytesOf(pids) + named);
}

function pidsOf({ uid }: User): number[] {
  return processes()
    .filter(({ uids }) => uids.includes(uid))
    .map(({ pid }) => pid);
}

/** A process's share of memory: what several have counts once in all. Undefined: it has ended, or is not to be seen. */
function shareOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * The same, asked as the processes' own user: root sees others' with the right to trace alone, which containers lack. Who
 * ends the asking has something to hide, and counts as having all.
 */
function sharesAsUser(pids: readonly number[], user: User): string {
  const files = pids.map((pid) => `/proc/${pid}/smaps_rollup`);
  const { stdout, signal } = spawnSync("cat", files, { uid: user.uid, gid: user.gid, encoding: "utf8" });
  // Where no process can be started there is no text.
  return signal ? `Pss: ${Number.MAX_SAFE_INTEGER} kB` : (stdout ?? "");
}

/** The bytes of a field of all processes in the text together. */
function bytesIn(text: string, name: string): number {
  const numbers = [...text.matchAll(new RegExp(`^${name}:\\s+(\\d+)`, "gm"))].map((match) => Number(match[1]));
  return kilobyte * numbers.reduce((sum, one) => sum + one, 0);
}

/** Files in memory that have no name, or none any more, and are open. */
function namelessBytesOf(pids: readonly number[]): number {
  const bytes = new Map<string, number>();
  for (const pid of pids) {
    for (const name of namesIn(`/proc/${pid}/fd`)) {
      try {
        const file = `/proc/${pid}/fd/${name}`;
        if (!/^\/(memfd:|dev\/shm\/).*\(deleted\)$/s.test(readlinkSync(file))) continue;
        const { dev, ino, blocks } = statSync(file);
        bytes.set(`${dev}:${ino}`, 512 * blocks);
      } catch {
        // It is closed.
      }
    }
  }
  return [...bytes.values()].reduce((sum, one) => sum + one, 0);
}

function sharedBytesOf({ uid }: User): number {
  let bytes = 0;
  for (const name of namesIn(sharedMemory, true)) {
    try {
      const { uid: owner, blocks } = statSync(path.join(sharedMemory, name));
      if (owner === uid) bytes += 512 * blocks;
    } catch {
      // The file is gone.
    }
  }
  return bytes;
}

/** What lies in the folders in memory that cover the shared ones in the program's namespace. */
function coveringBytesOf(pids: readonly number[]): number {
  const bytes = new Map<number, number>();
  for (const folder of sharedFolders) {
    for (const pid of pids) {
      try {
        const seen = `/proc/${pid}/root${folder}`;
        const { dev } = statSync(seen);
        if (dev === statSync(folder).dev) continue;
        const { blocks, bfree, bsize } = statfsSync(seen);
        bytes.set(dev, (blocks - bfree) * bsize);
      } catch {
        // There is no such folder, or the process has ended.
      }
    }
  }
  return [...bytes.values()].reduce((sum, one) => sum + one, 0);
}

function namesIn(folder: string, recursive = false): string[] {
  try {
    return readdirSync(folder, { recursive, encoding: "utf8" });
  } catch {
    return [];
  }
}
