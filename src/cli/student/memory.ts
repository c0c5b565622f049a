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
  return setInterval(() => {
    const pids = user ? pidsOf(user) : pid === undefined ? [] : withDescendants(pid);
    if (group?.wasFull() || memoryOf(pids, user) > bytesMax) tell();
  }, intervalMs);
}

/**
 * Bytes that processes have together: their own, and what they share, as memory or as files in memory, whichever is more:
 * a file that is mapped is both.
 */
export function memoryOf(pids: readonly number[], user: User | undefined): number {
  const parts = pids.map(partsOf);
  const own = parts.reduce((sum, part) => sum + part.own, 0);
  const shared = parts.reduce((sum, part) => sum + part.shared, 0);
  return (
    own +
    Math.max(
      shared,
      namelessBytesOf(pids) + (user ? sharedBytesOf(user) + segmentBytesOf(user) : coveringBytesOf(pids)),
    )
  );
}

function pidsOf({ uid }: User): number[] {
  return processes()
    .filter(({ uids }) => uids.includes(uid))
    .map(({ pid }) => pid);
}

/** A process's share of memory: what several have counts once in all, where this user may see that. */
function partsOf(pid: number): { own: number; shared: number } {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
  const bytesIn = (text: string, name: string) =>
    kilobyte * Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  try {
    const text = read("smaps_rollup");
    const shared = bytesIn(text, "Pss_Shmem");
    return { own: bytesIn(text, "Pss") + bytesIn(text, "SwapPss") - shared, shared };
  } catch {
    // Another user's is for root with the right to trace alone, which containers lack.
  }
  try {
    const text = read("status");
    return { own: bytesIn(text, "RssAnon") + bytesIn(text, "VmSwap"), shared: bytesIn(text, "RssShmem") };
  } catch {
    return { own: 0, shared: 0 };
  }
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
