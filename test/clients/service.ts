import { spawn } from "node:child_process";
import { once } from "node:events";
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
  readonly route?: string;
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
    const { method, route, status, time, ms } = JSON.parse(line) as Line;
    const computes = method === "POST" || route?.endsWith("/curve");
    if (!computes || route === busyPath) return;
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

const busyPath = "/v1/cases";

/** Cases to draw: work that no client under test asks for. */
const casesOf = (count: number, rows: number, columns: number) =>
  JSON.stringify({
    task: {
      loss: "cross_entropy",
      cases: Array.from({ length: count }, (_, i) => ({ id: `${i}`, generate: { seed: 1, rows, columns } })),
    },
  });

/** Variables with which the only worker is taken by one task: others are refused, and a stop does not wait for it. */
export const full = { QUEUE_LENGTH_MAX: "0", GRADING_ELEMENTS_MAX: "100000000", DRAIN_TIMEOUT_MS: "100" };

async function draw(url: string, body: string): Promise<number> {
  const response = await fetch(url + busyPath, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** Gives the worker work for longer than any client is patient. Resolves when it has it. */
export async function overload(url: string): Promise<void> {
  const work = async () => {
    // A small one may come to the worker first, and this one is refused.
    while ((await draw(url, casesOf(10, 100, 1000))) === 429);
  };
  work().catch(() => undefined);
  while ((await draw(url, casesOf(1, 1, 2))) !== 429);
}

/** Has the worker draw small cases one after the other, until the function it returns is called. */
export async function keepBusy(url: string): Promise<() => void> {
  let busy = true;
  const refused = Promise.withResolvers<void>();
  const work = async () => {
    while (busy) if ((await draw(url, casesOf(1, 20, 50))) === 429) refused.resolve();
  };
  // One has its cases drawn, and another is there as soon as it ends.
  for (let i = 0; i < 3; i++) work().catch(refused.reject);
  await refused.promise;
  return () => {
    busy = false;
  };
}
