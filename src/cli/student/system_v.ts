import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { User } from "./user.ts";

/** What ipcrm calls segments of memory, queues and sets of semaphores. */
const flags = { shm: "-m", msg: "-q", sem: "-s" } as const;

/** Memory of a user in segments of System V, whether a process has them mapped or not. */
export function segmentBytesOf(user: User): number {
  return rowsOf("shm", user).reduce((sum, row) => sum + Number(row["rss"]) + Number(row["swap"]), 0);
}

/** Removes what a user has of System V: it stays when its processes end. */
export function removeSystemVOf(user: User): void {
  const ids = (kind: keyof typeof flags) => rowsOf(kind, user).map((row) => row[`${kind}id`]!);
  const args = (["shm", "msg", "sem"] as const).flatMap((kind) => ids(kind).flatMap((id) => [flags[kind], id]));
  // As their owner: root needs a right for it that containers lack.
  if (args.length > 0) spawnSync("ipcrm", args, { uid: user.uid, gid: user.gid, stdio: "ignore" });
}

/** The kernel's table of one kind, by its headings. */
function rowsOf(kind: keyof typeof flags, user: User): Record<string, string>[] {
  let text: string;
  try {
    text = readFileSync(`/proc/sysvipc/${kind}`, "utf8");
  } catch {
    // This kernel has none of them.
    return [];
  }
  const [names = [], ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  return rows
    .map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]!])))
    .filter((row) => Number(row["uid"]) === user.uid);
}
