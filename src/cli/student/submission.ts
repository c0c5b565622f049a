import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exitCodes, Failure } from "../failure.ts";
import type { User } from "./user.ts";

/** More than any source text: what is larger is data or a program. */
const fileBytesMax = 2 ** 20;

/** A file of a student's folder that is taken along. */
export interface Taken {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Reads the named files of a submission: regular ones alone, opened without following links, none above 1 MB. Whatever
 * else lies there stays there. Throws a Failure that names the first file that is missing or of another kind.
 */
export function takeFiles(folder: string, names: readonly string[]): Taken[] {
  return names.map((name) => {
    if (name !== path.basename(name) || name.startsWith(".")) {
      throw new Failure(exitCodes.usage, `the task's files name ${JSON.stringify(name)}: it must be a plain file name`);
    }
    const bytes = readRegular(path.join(folder, name));
    if (typeof bytes !== "string") return { name, bytes };
    const sentence = `${name} ${bytes}`;
    throw new Failure(exitCodes.notGradable, `the submission's ${sentence}`, sentence);
  });
}

/** What lies in a submission beside the files that are taken: for the teacher's log. */
export function leftBehind(folder: string, names: readonly string[]): string[] {
  return readdirSync(folder).filter((name) => !names.includes(name));
}

function readRegular(file: string): Buffer | string {
  let descriptor: number;
  try {
    // Not blocking: a FIFO without a writer would hold the grader.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") return "is a link, and must be a file";
    return code === "ENOENT" ? "is missing" : "cannot be read";
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return `is ${stats.isDirectory() ? "a folder" : "no regular file"}, and must be a file`;
    if (stats.size > fileBytesMax) return "is larger than 1 MB";
    const bytes = Buffer.alloc(stats.size);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(descriptor, bytes, read, bytes.length - read, read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}

/** A fresh folder with the files, which the program's user can read and nobody else, and can write in no case. */
export function makeRunFolder(files: readonly Taken[], user: User | undefined): string {
  const folder = mkdtempSync(path.join(tmpdir(), "lossd-run-"));
  const give = (file: string, mode: number) => {
    if (user) chownSync(file, 0, user.gid);
    chmodSync(file, mode);
  };
  for (const { name, bytes } of files) {
    const file = path.join(folder, name);
    writeFileSync(file, bytes, { flag: "wx" });
    give(file, user ? 0o440 : 0o400);
  }
  give(folder, user ? 0o750 : 0o500);
  return folder;
}

export function removeRunFolder(folder: string): void {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
}
