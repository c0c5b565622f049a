import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes, Failure } from "../failure.ts";

/** Another user of this machine, by its numbers. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** A user that no other run of lossd on this machine has until it is released. */
export interface ClaimedUser extends User {
  release(): void;
}

/** Above what systems give to people and services, and below what they map into containers. */
const own = { from: 400_000_000, count: 100_000 };
/** Where the numbers are few, as in a container without root on its host. */
const small = { from: 20_000, count: 40_000 };

/** A user by its name; only root can run a program as another. */
export function findUser(name: string): User {
  const id = (flag: string) => Number(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout.trim() || Number.NaN);
  const user = { uid: id("-u"), gid: id("-g") };
  if (!Number.isInteger(user.uid) || !Number.isInteger(user.gid)) {
    throw new Failure(exitCodes.usage, `there is no user called ${JSON.stringify(name)}`);
  }
  // All processes of the user are ended with the program.
  if (user.uid === 0) throw new Failure(exitCodes.usage, "a student's program is not run as root");
  return user;
}

/** Waits for a named user, or takes one that nobody has: two runs at a time must not end each other's programs. */
export async function claimUser(name: string | undefined): Promise<ClaimedUser> {
  if (name !== undefined) {
    const user = findUser(name);
    for (;;) {
      const server = await lock(user.uid);
      if (server) return { ...user, release: () => server.close() };
      await sleep(50);
    }
  }
  const range = isMapped(own.from) && isMapped(own.from + own.count) ? own : small;
  const taken = usersOfProcesses();
  for (let attempt = 0; attempt < 1000; attempt++) {
    const uid = range.from + ((process.pid * 7919 + attempt) % range.count);
    if (taken.has(uid) || !isMapped(uid)) continue;
    const server = await lock(uid);
    if (server) return { uid, gid: uid, release: () => server.close() };
  }
  throw new Failure(exitCodes.internal, "no user id is free for the program");
}

/** A socket of an abstract name is a lock that ends with its process, however that ends. */
function lock(uid: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on("error", () => resolve(undefined));
    server.listen(`\0lossd-user-${uid}`, () => resolve(server.unref()));
  });
}

/** Whether this machine, or the container that this is, has such a user id. */
function isMapped(uid: number): boolean {
  try {
    return readFileSync("/proc/self/uid_map", "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .some(([from = 0, , count = 0]) => uid >= from && uid < from + count);
  } catch {
    return uid < 65_534;
  }
}

/** Each user id that some process has. */
function usersOfProcesses(): Set<number> {
  return new Set(processes().flatMap(({ uids }) => uids));
}

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Real, effective, saved and of the file system. */
  readonly uids: readonly number[];
  readonly isDead: boolean;
}

/** What runs now, as far as it can be seen. */
export function processes(): Process[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const uids = /^Uid:\s+(.*)$/m.exec(status)![1]!.split(/\s+/).map(Number);
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)![1]);
      return [{ pid: Number(pid), parent, uids, isDead: /^State:\s+[ZX]/m.test(status) }];
    } catch {
      return [];
    }
  });
}

/** A process and all that came from it, as far as their parents live. */
export function withDescendants(pid: number): number[] {
  const all = processes();
  const found = [pid];
  // Those that are found are looked at in turn.
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one).map((child) => child.pid));
  return found;
}
