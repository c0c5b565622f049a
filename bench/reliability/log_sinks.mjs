// A log that nobody can write to is not to keep the service from serving, nor from stopping.
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { crossEntropy, small } from "./bodies.mjs";
import { Client, makePost } from "./client.mjs";
import { always, atMost } from "./promises.mjs";
import { stopService } from "./service.mjs";

/** Their log lines are more than a pipe holds. */
const requests = 2000;
const patienceMs = 10_000;

/** A pipe whose reading end is open and never read. */
function openBlockedPipe() {
  const folder = mkdtempSync(path.join(tmpdir(), "lossd-pipe-"));
  const file = path.join(folder, "log");
  execFileSync("mkfifo", [file]);
  const reading = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const stdout = openSync(file, "w");
  rmSync(folder, { recursive: true });
  return { stdout, release: () => [reading, stdout].forEach(closeSync) };
}

function openFullDisk() {
  const stdout = openSync("/dev/full", "w");
  return { stdout, release: () => closeSync(stdout) };
}

/** Node gives a child that is told "pipe" one end of a socket pair. */
const openBlockedSocket = () => ({ stdout: "pipe", release: () => undefined });

async function measureStop(start, { stdout, release }) {
  try {
    const service = await start({ WORKERS: "2" }, { stdout });
    const client = new Client(service.port);
    const request = makePost(crossEntropy, small());
    let answered = 0;
    for (let i = 0; i < requests; i++) {
      if ((await client.ask(request, { timeoutMs: 5000 })).status === 200) answered++;
    }
    client.close();
    const { seconds, code } = await stopService(service, patienceMs);
    return { answered, seconds: code === 0 ? seconds : Number.POSITIVE_INFINITY };
  } finally {
    release();
  }
}

export function checkLogSinks() {
  const seconds = (sink) => ({ what: `SIGTERM to exit code 0 with stdout at ${sink}, s`, promise: atMost(5) });
  const answered = (sink) => ({ what: `answered 200 before it with stdout at ${sink}`, promise: always(requests) });
  return {
    title: "Stopping with a log that cannot be written",
    how: `${requests} small requests, whose log lines are more than a pipe holds, and then SIGTERM. "never" is ${patienceMs / 1000} s, or another exit code.`,
    figures: {
      fullAnswered: answered("/dev/full"),
      full: seconds("/dev/full"),
      pipeAnswered: answered("a pipe that nobody reads"),
      pipe: seconds("a pipe that nobody reads"),
      socketAnswered: answered("a socket that nobody reads"),
      socket: seconds("a socket that nobody reads"),
    },
    async measure({ start }) {
      const full = await measureStop(start, openFullDisk());
      const pipe = await measureStop(start, openBlockedPipe());
      const socket = await measureStop(start, openBlockedSocket());
      return {
        fullAnswered: full.answered,
        full: full.seconds,
        pipeAnswered: pipe.answered,
        pipe: pipe.seconds,
        socketAnswered: socket.answered,
        socket: socket.seconds,
      };
    },
  };
}
