import { spawnSync } from "node:child_process";
import { existsSync, lstatSync } from "node:fs";
import path from "node:path";
import { PATH, virtualEnvironment } from "./process.ts";
import type { User } from "./user.ts";

/** What the program must not get at. */
export interface Kept {
  readonly task: string;
  /** The file that lossd is, or the folder of its code. */
  readonly lossd: string;
  readonly reports: readonly string[];
}

/**
 * What of it the user can reach, in words: a task that can be read holds the hidden cases, a lossd that can be read or
 * only run has every answer, and a report in a folder that can be written to is replaced.
 */
export function reachableBy(user: User, { task, lossd, reports }: Kept, searchPath = PATH): string[] {
  const asks: (readonly [what: string, test: string])[] = [
    [task, '[ -r "$1" ] || [ -w "$1" ]'],
    [lossd, '[ -r "$1" ] || [ -w "$1" ] || [ -x "$1" ]'],
    ...reports.map((file) => [file, '[ -r "$1" ] || [ -w "$1" ]'] as const),
    ...[...new Set(reports.map((file) => path.dirname(file)))].map((folder) => [folder, '[ -w "$1" ]'] as const),
  ];
  const found = asks.filter(([file, test]) => asUser(user, test, file) !== undefined).map(([file]) => file);
  const onPath = asUser(user, "command -v lossd", "", searchPath);
  const open = reports.flatMap(foldersAbove).filter(isOpen);
  return [...new Set([...found, ...(onPath ? [onPath] : []), ...open])];
}

/** What keeps the user from the virtual environment that is active: without it the system's Python would run. */
export function environmentFault(user: User | undefined): string | undefined {
  if (virtualEnvironment === undefined || !existsSync(`${virtualEnvironment}/bin/python3`)) return undefined;
  if (asUser(user, '[ -x "$1" ]', `${virtualEnvironment}/bin/python3`) !== undefined) return undefined;
  return `the program's user cannot reach the virtual environment ${virtualEnvironment}: chmod a+rX it and the folders above it, or deactivate it`;
}

/** What a lossd on the path would be, for this user. */
export function lossdOnPath(): string | undefined {
  return asUser(undefined, "command -v lossd", "") || undefined;
}

/** What the shell prints where its test holds. */
function asUser(user: User | undefined, script: string, file: string, searchPath = PATH): string | undefined {
  const options = { ...user, env: { PATH: searchPath }, encoding: "utf8" } as const;
  const { status, stdout } = spawnSync("sh", ["-c", script, "sh", file], options);
  return status === 0 ? stdout.trim() : undefined;
}

/** The folders above the one that a file lies in. */
function foldersAbove(file: string): string[] {
  const above: string[] = [];
  for (let folder = path.dirname(file); folder !== path.dirname(folder); ) {
    folder = path.dirname(folder);
    above.push(folder);
  }
  return above;
}

/** Whether everyone can rename what lies in a folder. */
function isOpen(folder: string): boolean {
  const { mode } = lstatSync(folder);
  return (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
}
