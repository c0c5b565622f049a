import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function start(args: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ["dist/main.js", ...args], { env: { ...process.env, ...env } });
}

/** Runs `lossd` to its end with this text as stdin. */
export function lossd(args: readonly string[], input = "", env: Record<string, string> = {}): Promise<Ended> {
  const child = start(args, env);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  // A command that refuses its arguments does not read its stdin.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}
