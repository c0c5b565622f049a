// A service for the documentation's commands, on a free port.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts `lossd serve` and waits until it is ready. Its log is kept for a failure. */
export async function startService(env = {}) {
  const own = { ...process.env, PORT: "0", LOG_LEVEL: "info", ...env };
  const child = spawn(process.execPath, ["dist/main.js", "serve"], { env: own, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const port = await new Promise((resolve, reject) => {
    ended.then((code) => reject(new Error(`the service ended with ${code} before it was ready`)));
    createInterface(child.stdout).on("line", (line) => {
      const match = /https?:\/\/[^"\s]*:(\d+)/.exec(line);
      if (match) resolve(match[1]);
    });
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { port, url: `http://127.0.0.1:${port}`, stop };
}
