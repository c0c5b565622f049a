import { type ChildProcess, spawn } from "node:child_process";
import { exitCodes, Failure } from "../failure.ts";
import { type MemoryGroup, makeMemoryGroup } from "./cgroup.ts";
import { type Limits, type Means, wrapped } from "./means.ts";
import { watchMemory } from "./memory.ts";
import { endProcessesOf, removeFilesOf } from "./sweep.ts";
import type { User } from "./user.ts";

/** How and where a program runs. */
export interface Setting {
  readonly folder: string;
  /** Whether the folder is the run's alone. */
  readonly isFresh: boolean;
  readonly limits: Limits;
  readonly means: Means;
  readonly user: User | undefined;
  /** What is covered where the program's user is this one. */
  readonly hidden: readonly string[];
}

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** The virtual environment that is active for whoever started lossd: of Python, or of conda. */
export const virtualEnvironment = process.env["VIRTUAL_ENV"] ?? process.env["CONDA_PREFIX"];
/** Where programs are found: those of the virtual environment first, with the packages that the course installed. */
export const PATH = virtualEnvironment ? `${virtualEnvironment}/bin:${systemPath}` : systemPath;
/** What is kept of what a program prints on stderr. */
const stderrMax = 4000;

/** A program that failed, with the end of its stderr, which only its own student or a teacher may read. */
export class ProgramFailure extends Failure {
  constructor(
    exitCode: number,
    sentence: string,
    readonly stderr = "",
  ) {
    super(exitCode, stderr ? `${sentence}:\n${stderr}` : sentence, sentence);
  }
}

/**
 * Runs a student's program: the input goes to its stdin, and what it prints comes back. It gets a clean environment and
 * limits, and whatever it started is ended before this resolves. Throws a ProgramFailure for a limit, or a program that
 * fails.
 */
export async function runStudent(program: readonly string[], input: string, setting: Setting): Promise<Buffer> {
  const { folder, isFresh, limits, means, user, hidden } = setting;
  const whole = wrapped(program, means, limits, user, hidden, isFresh);
  const group = means.cgroup ? makeMemoryGroup(limits.memoryBytes) : undefined;
  const [command = "", ...args] = group ? group.within(whole) : whole;
  const child = spawn(command, args, {
    // With setpriv it becomes the other user there: the namespaces before it need root.
    ...(user && !means.setpriv && !means.namespaces && user),
    cwd: folder,
    // A group of its own can be ended as a whole.
    detached: true,
    env: {
      PATH,
      ...(virtualEnvironment && { VIRTUAL_ENV: virtualEnvironment }),
      LANG: "C.UTF-8",
      HOME: "/nonexistent",
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  try {
    return await collect(child, input, limits, user, group);
  } finally {
    endGroup(child);
    if (user) {
      await endProcessesOf(user);
      removeFilesOf(user);
    }
    await group?.remove();
  }
}

function collect(
  child: ChildProcess,
  input: string,
  limits: Limits,
  user: User | undefined,
  group: MemoryGroup | undefined,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const fail = (code: number, sentence: string, said = "") => reject(new ProgramFailure(code, sentence, said));
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stderr = "";
  const timer = setTimeout(() => {
    fail(exitCodes.limit, `the program did not end within ${limits.timeoutMs / 1000} s`);
  }, limits.timeoutMs);
  const failForMemory = () =>
    fail(exitCodes.limit, `the program took more than ${limits.memoryBytes / 2 ** 20} MB of memory`);
  const memory = watchMemory(child.pid, user, limits.memoryBytes, group, failForMemory);
  child.stdout!.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.outputBytes) fail(exitCodes.limit, `the program printed more than ${limits.outputBytes} bytes`);
    else chunks.push(chunk);
  });
  child.stderr!.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-stderrMax);
  });
  child.on("error", (error) => fail(exitCodes.notGradable, "the program cannot be started", error.message));
  child.on("close", (code, signal) => {
    if (group?.wasFull()) failForMemory();
    else if (code === 0) resolve(Buffer.concat(chunks));
    else fail(exitCodes.notGradable, `the program ended with ${signal ?? `exit code ${code}`}`, stderr);
  });
  // A program that does not read its input is no fault of ours.
  child.stdin!.on("error", () => undefined);
  child.stdin!.end(input);
  return promise.finally(() => {
    clearTimeout(timer);
    clearInterval(memory);
  });
}

/** Ends the program's group, and with it its namespace of processes, where it has one. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
