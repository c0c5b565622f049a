import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { exitCodes, Failure } from "./failure.ts";

export interface Limits {
  readonly timeoutMs: number;
  /** Of address space. */
  readonly memoryBytes: number;
  readonly outputBytes: number;
}

/** Another user of this machine, by its numbers. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What is shown of a program's words on stderr. */
const wordsMax = 4000;

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

/** Those of the files that the user can read or write. */
export function reachableBy(user: User, files: readonly string[]): string[] {
  return files.filter((file) => {
    const { status } = spawnSync("sh", ["-c", 'test -r "$1" || test -w "$1"', "sh", file], {
      ...user,
      stdio: "ignore",
    });
    return status === 0;
  });
}

/**
 * Runs a student's program: the input goes to its stdin, and what it prints comes back. It gets a clean environment and
 * limits, and whatever it started is ended before this resolves. Throws a Failure for a limit, or a program that fails.
 */
export async function runStudent(
  [command = "", ...args]: readonly string[],
  input: string,
  limits: Limits,
  user: User | undefined,
): Promise<Buffer> {
  const kilobytes = Math.ceil(limits.memoryBytes / 1024);
  // The shell sets the limit, and becomes the program. A group of its own can be ended as a whole.
  const child = spawn("sh", ["-c", `ulimit -v ${kilobytes} && exec "$@"`, "sh", command, ...args], {
    ...user,
    detached: true,
    env: { PATH, LANG: "C.UTF-8", HOME: "/nonexistent" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  try {
    return await collect(child, input, limits);
  } finally {
    endAll(child, user);
  }
}

function collect(child: ChildProcess, input: string, limits: Limits): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const fail = (code: number, sentence: string, words = "") =>
    reject(new Failure(code, words ? `${sentence}:\n${words}` : sentence, sentence));
  const chunks: Buffer[] = [];
  let bytes = 0;
  let words = "";
  const timer = setTimeout(() => {
    fail(exitCodes.limit, `the program did not end within ${limits.timeoutMs / 1000} s`);
  }, limits.timeoutMs);
  child.stdout!.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.outputBytes) fail(exitCodes.limit, `the program printed more than ${limits.outputBytes} bytes`);
    else chunks.push(chunk);
  });
  child.stderr!.on("data", (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-wordsMax);
  });
  child.on("error", (error) => fail(exitCodes.notGradable, "the program cannot be started", error.message));
  child.on("close", (code, signal) => {
    if (code === 0) resolve(Buffer.concat(chunks));
    else fail(exitCodes.notGradable, `the program ended with ${signal ?? `exit code ${code}`}`, words);
  });
  // A program that does not read its input is no fault of ours.
  child.stdin!.on("error", () => undefined);
  child.stdin!.end(input);
  return promise.finally(() => clearTimeout(timer));
}

/** Ends the program's group and, where it has a user of its own, everything of that user: a daemon leaves its group. */
function endAll({ pid }: ChildProcess, user: User | undefined): void {
  if (pid !== undefined) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
  if (user) spawnSync("sh", ["-c", "kill -KILL -1"], { ...user, stdio: "ignore" });
}
