import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Processes whose memory the kernel bounds in sum: what they share, and files in memory, counts as well. */
export interface MemoryGroup {
  /** A command whose process, and all that come from it, are in the group. */
  within(command: readonly string[]): string[];
  /** Whether the kernel had to end one of them. */
  wasFull(): boolean;
  /** To be called when its processes have ended. */
  remove(): Promise<void>;
}

const mount = "/sys/fs/cgroup";
/** The kernel lets go of a group a moment after its last process. */
const removalsMax = 100;

/** What the two versions of control groups call the same. `swap` is not there where the kernel does not count it. */
const versions = {
  1: { limit: "memory.limit_in_bytes", swap: "memory.memsw.limit_in_bytes", ends: "memory.oom_control" },
  2: { limit: "memory.max", swap: "memory.swap.max", ends: "memory.events" },
} as const;

/** A new group below that of lossd, so that a limit of lossd's own holds on. Undefined: it cannot be made here. */
export function makeMemoryGroup(bytesMax: number): MemoryGroup | undefined {
  const place = placeOfGroups();
  if (!place) return undefined;
  const folder = path.join(place.folder, `lossd-run-${randomBytes(8).toString("hex")}`);
  const { limit, swap, ends } = versions[place.version];
  const group: MemoryGroup = {
    within: (command) => [
      "sh",
      "-c",
      'echo $$ >"$1" && shift && exec "$@"',
      "sh",
      `${folder}/cgroup.procs`,
      ...command,
    ],
    wasFull: () => hasKilled(path.join(folder, ends)),
    remove: () => removeFolder(folder),
  };
  try {
    mkdirSync(folder);
    writeFileSync(path.join(folder, limit), `${bytesMax}`);
    // Version 1 bounds memory and swap together, version 2 swap alone.
    if (existsSync(path.join(folder, swap)))
      writeFileSync(path.join(folder, swap), `${place.version === 1 ? bytesMax : 0}`);
    const [command = "", ...args] = group.within(["true"]);
    if (spawnSync(command, args, { stdio: "ignore" }).status === 0) return group;
  } catch {
    // No right to it: the memory is looked at instead.
  }
  void group.remove();
  return undefined;
}

/** Where this process may have groups with a memory controller. */
function placeOfGroups(): { folder: string; version: 1 | 2 } | undefined {
  const own = groupsOfProcess();
  const first = own.find(({ controllers }) => controllers.includes("memory"));
  if (first) {
    // A container may see its own group as the root.
    const folder = [first.group, "/"].map((group) => path.join(mount, "memory", group)).find(existsSync);
    return folder === undefined ? undefined : { folder, version: 1 };
  }
  const second = own.find(({ controllers }) => controllers[0] === "");
  if (!second) return undefined;
  // A group that has processes of its own, as lossd's, shares out no memory: what is above it does.
  const folder = path.join(mount, path.dirname(second.group));
  try {
    const shared = readFileSync(path.join(folder, "cgroup.subtree_control"), "utf8").trim().split(" ");
    return shared.includes("memory") ? { folder, version: 2 } : undefined;
  } catch {
    return undefined;
  }
}

function groupsOfProcess(): { controllers: string[]; group: string }[] {
  try {
    const lines = readFileSync("/proc/self/cgroup", "utf8").trimEnd().split("\n");
    return lines.map((line) => {
      const [, controllers = "", ...group] = line.split(":");
      return { controllers: controllers.split(","), group: group.join(":") };
    });
  } catch {
    return [];
  }
}

function hasKilled(file: string): boolean {
  try {
    return /^oom_kill [1-9]/m.test(readFileSync(file, "utf8"));
  } catch {
    // The group is removed: its program has been told of already.
    return false;
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 0; attempt < removalsMax && existsSync(folder); attempt++) {
    try {
      rmdirSync(folder);
    } catch {
      await sleep(5);
    }
  }
}
