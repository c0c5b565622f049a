import { lstatSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sharedFolders } from "./shared_folders.ts";
import { removeSystemVOf } from "./system_v.ts";
import { processes, type User } from "./user.ts";

/** Sweeps before it is said that something will not die: each takes milliseconds. */
const sweepsMax = 1000;

/**
 * Ends every process of a user that is the program's alone: first all are stopped, so that none can start another, then
 * killed, until two sweeps find nothing. No process is started for it, so a full table of processes is no way out.
 */
export async function endProcessesOf({ uid }: User): Promise<void> {
  let quiet = 0;
  for (let sweep = 0; quiet < 2; sweep++) {
    const alive = processes().filter(({ uids, isDead }) => uids.includes(uid) && !isDead);
    quiet = alive.length === 0 ? quiet + 1 : 0;
    for (const signal of ["SIGSTOP", "SIGKILL"] as const) for (const { pid } of alive) send(pid, signal);
    if (sweep >= sweepsMax) throw new Error(`${alive.length} processes of the program do not end`);
    if (quiet < 2) await sleep(quiet === 0 ? 5 : 1);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Removes what a user left in the folders that all users write to, and in the memory that they share by numbers. */
export function removeFilesOf(user: User): void {
  removeSystemVOf(user);
  for (const folder of [...sharedFolders, "/run/lock", "/dev/mqueue"]) {
    for (const name of namesIn(folder)) {
      const file = path.join(folder, name);
      try {
        if (lstatSync(file).uid === user.uid) rmSync(file, { recursive: true, force: true });
      } catch {
        // It is gone, or was never ours to see.
      }
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
