import { spawnSync } from "node:child_process";
import { lstatSync, realpathSync } from "node:fs";
import path from "node:path";
import { makeMemoryGroup } from "./cgroup.ts";
import { sharedFolders } from "./shared_folders.ts";
import type { User } from "./user.ts";

/** What keeps a program from the answers on this machine: what is there is found out before the run. */
export interface Means {
  /** Namespaces of its own for processes, network, shared memory and mounts; of a user as well, without root. */
  readonly namespaces: boolean;
  /** No way to more rights: neither capabilities nor files that give them. */
  readonly setpriv: boolean;
  /** Limits of processes and of file sizes. */
  readonly prlimit: boolean;
  /** The kernel bounds memory in sum; without it the memory is looked at while the program runs. */
  readonly cgroup: boolean;
}

export interface Limits {
  readonly timeoutMs: number;
  /** Of address space for each process, and of memory for all together. */
  readonly memoryBytes: number;
  readonly outputBytes: number;
}

const processesMax = 512;
const fileBytesMax = 256 * 2 ** 20;

const namespaceFlags = ["--pid", "--net", "--ipc", "--mount", "--fork", "--kill-child", "--mount-proc"];
const setprivFlags = ["--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs"];
/** Without root the mounts need a user namespace, in which this user is root until setpriv takes it away. */
const unshare = (isRoot: boolean) => ["unshare", ...(isRoot ? [] : ["--user", "--map-root-user"]), ...namespaceFlags];

export function findMeans(isRoot: boolean): Means {
  const works = ([command = "", ...args]: readonly string[]) =>
    spawnSync(command, args, { stdio: "ignore", timeout: 10_000 }).status === 0;
  const covering = ["sh", "-c", "mount -t tmpfs -o ro tmpfs /tmp", "sh"];
  const inside = ["setpriv", ...setprivFlags, "true"];
  const group = makeMemoryGroup(64 * 2 ** 20);
  void group?.remove();
  const namespaces = works([...unshare(isRoot), ...(isRoot ? [] : covering), ...inside]);
  return {
    namespaces,
    setpriv: namespaces || works(inside),
    prlimit: works(["prlimit", "--core=0", "true"]),
    cgroup: group !== undefined,
  };
}

/** Whether the program is kept from task, lossd and reports: by another user, or by namespaces that hide them. */
export function protects(means: Means, user: User | undefined): boolean {
  return user !== undefined || means.namespaces;
}

/** One line for the reports. */
export function describeMeans(means: Means, user: User | undefined): string {
  const had = [
    ...(user ? ["a user of its own"] : []),
    ...(means.namespaces ? ["namespaces of its own for processes, network and mounts"] : []),
    ...(means.setpriv ? ["no new rights"] : []),
    ...(means.prlimit ? ["limits of processes and files"] : []),
    means.cgroup ? "memory limited in sum" : "memory looked at while it runs",
  ];
  return means.namespaces ? had.join(", ") : `${had.join(", ")}; not had: namespaces, so the network is open`;
}

/**
 * The program with all that is put around it. Where its user is this one, `hidden` are paths that it must not see, and
 * `isFresh` says that its folder is its own.
 */
export function wrapped(
  program: readonly string[],
  means: Means,
  { memoryBytes }: Limits,
  user: User | undefined,
  hidden: readonly string[],
  isFresh: boolean,
): string[] {
  const ids = user
    ? ["--reuid", `${user.uid}`, "--regid", `${user.gid}`, "--clear-groups"]
    : means.namespaces
      ? []
      : undefined;
  const drop = means.setpriv && ids ? ["setpriv", ...ids, ...setprivFlags, "--"] : [];
  const isOwn = user !== undefined || means.namespaces;
  const limit = means.prlimit
    ? [
        "prlimit",
        `--as=${memoryBytes}`,
        `--fsize=${fileBytesMax}`,
        "--core=0",
        ...(isOwn ? [`--nproc=${processesMax}`] : []),
        "--",
      ]
    : ["sh", "-c", `ulimit -v ${Math.ceil(memoryBytes / 1024)} && exec "$@"`, "sh"];
  const inside = [...drop, ...limit, ...program];
  if (!means.namespaces) return inside;
  if (user) return [...unshare(true), "--", ...inside];
  return [...unshare(false), "--", ...covering(hidden, isFresh), ...inside];
}

/**
 * An empty folder lies on each folder, and nothing on each file: what is below cannot be uncovered without rights. The
 * folders that all users share are fresh ones, which go with the program; its own folder is put back, to be read alone.
 */
function covering(hidden: readonly string[], isFresh: boolean): string[] {
  const lines = hidden.flatMap((file, i) => {
    const at = `"$${i + 1}"`;
    return lstatSync(file).isDirectory() ? `mount -t tmpfs -o ro tmpfs ${at}` : `mount --bind /dev/null ${at}`;
  });
  const shared = [
    ...sharedFolders.map((folder) => `[ ! -d ${folder} ] || mount -t tmpfs tmpfs ${folder}`),
    'mkdir -p "$PWD"',
    'mount --no-canonicalize --bind /proc/self/cwd "$PWD"',
    // Flags that the place has already must be named. Without this mount the program could change its own copy, no more.
    'mount -o remount,bind,ro "$PWD" 2>/dev/null || mount -o remount,bind,ro,nosuid,nodev "$PWD" 2>/dev/null || true',
    'cd "$PWD"',
  ];
  const script = ["set -e", ...lines, ...(isFresh ? shared : []), `shift ${hidden.length}`, 'exec "$@"'].join("\n");
  return ["sh", "-c", script, "sh", ...hidden];
}

/** The paths as they are without links, those inside of another left out. */
export function realPaths(files: readonly string[]): string[] {
  const real = [...new Set(files.map((file) => realpathSync(file)))];
  return real.filter((file) => !real.some((other) => file.startsWith(other + path.sep)));
}
