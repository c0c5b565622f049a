import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";

/** What the service logs of a request. */
export interface Logged {
  readonly status: number;
  /** When it came, in milliseconds: a client knows of its reply later than that. */
  readonly arrived: number;
}

/** The built service in a process of its own, as a client meets it. */
export interface Service {
  readonly url: string;
  /** Computations in the order of their end: all of them once the service has stopped, because its log comes later. */
  readonly requests: readonly Logged[];
  /** Resolves with the first request that was answered so. */
  answered(status: number): Promise<Logged>;
  stop(): Promise<void>;
}

interface Line {
  readonly method?: string;
  readonly status: number;
  readonly time: string;
  readonly ms: number;
}

/** Starts a service on a free port, with one worker and these variables. */
export async function startService(variables: Readonly<Record<string, string>> = {}): Promise<Service> {
  const env = { ...process.env, PORT: "0", HOST: "127.0.0.1", WORKERS: "1", ...variables };
  const service = spawn(process.execPath, ["dist/main.js", "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ready = Promise.withResolvers<string>();
  const requests: Logged[] = [];
  let look = () => {};
  createInterface({ input: service.stdout }).on("line", (line) => {
    const url = /ready at (http:\/\/[^\s"]+)/.exec(line)?.[1];
    if (url) ready.resolve(url);
    const { method, status, time, ms } = JSON.parse(line) as Line;
    if (method !== "POST") return;
    requests.push({ status, arrived: Date.parse(time) - ms });
    look();
  });
  // Its last words are read by then.
  const ended = once(service, "close");
  ended.then(() => ready.reject(new Error("the service ended before it was ready")));
  const answered = (status: number) =>
    new Promise<Logged>((resolve) => {
      look = () => {
        const found = requests.find((request) => request.status === status);
        if (found) resolve(found);
      };
      look();
    });
  const stop = async () => {
    service.kill("SIGTERM");
    await ended;
  };
  return { url: await ready.promise, requests, answered, stop };
}

/** Posts a request; rejects unless it is answered by a 200. */
export async function ask<Reply>(url: string, loss: string, request: object): Promise<Reply> {
  const response = await fetch(`${url}/v1/losses/${loss}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text) as Reply;
}

/** Takes a place in the queue by a request that is admitted and whose body never comes; returns what gives it back. */
export async function occupyPlace(url: string): Promise<() => void> {
  const { host, hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    [
      "POST /v1/losses/mse HTTP/1.1",
      `host: ${host}`,
      "content-type: application/json",
      "content-length: 1",
      "expect: 100-continue",
      "\r\n",
    ].join("\r\n"),
  );
  const [reply] = (await once(socket, "data")) as [Buffer];
  if (!reply.toString().startsWith("HTTP/1.1 100")) throw new Error(`no place to take: ${reply}`);
  return () => socket.destroy();
}
