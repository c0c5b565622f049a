// The whole service as a process with two HTTP threads: what holds for one thread holds for both together.
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { keyFile } from "../harness/keys.js";
import { RawClient } from "../harness/raw_client.js";
import { lossd } from "./lossd.js";
import { Served } from "./served.js";

/** Has each reply say which thread it came from, and throws where a request asks for it. */
const preload = pathToFileURL("test/cli/fixtures/says_thread.mjs").href;
const services: Served[] = [];
const clients: RawClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const service of services.splice(0)) {
    service.kill("SIGKILL");
    await service.ended;
  }
});

/** A service with two HTTP threads, which has said that it is ready. */
async function serve(env: Record<string, string> = {}): Promise<Served> {
  const served = new Served({ HTTP_THREADS: "2", NODE_OPTIONS: `--import=${preload}`, ...env });
  services.push(served);
  await served.listening();
  return served;
}

async function connect({ port }: Served): Promise<RawClient> {
  const client = await RawClient.connect(port);
  clients.push(client);
  return client;
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** A connection to each thread: the system spreads them, and 100 of them do not all meet one. */
async function connectToBoth(served: Served): Promise<RawClient[]> {
  const byThread = new Map<string, RawClient>();
  for (let tries = 0; tries < 100 && byThread.size < 2; tries++) {
    const client = await connect(served);
    await client.send(get("/livez"));
    const { headers } = await client.reply();
    byThread.set(headers["x-thread"]!, client);
  }
  expect([...byThread.keys()].sort()).toEqual(["main", "other"]);
  return [...byThread.values()];
}

const body = '{"logits":[1],"labels":[3]}';
const head = `POST /v1/losses/mse HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`;

describe("with two HTTP threads", () => {
  test("both compute, in place and by the workers of the process", async () => {
    for (const INLINE_ELEMENTS_MAX of ["512", "0"]) {
      const served = await serve({ INLINE_ELEMENTS_MAX });
      for (const client of await connectToBoth(served)) {
        await client.send(head.replace("Expect: 100-continue\r\n", "") + body);
        const { status, body: reply } = await client.reply();
        expect([status, JSON.parse(reply).loss]).toEqual([200, 4]);
      }
    }
  });

  test("a stop loses nothing: what either thread has let in is answered and logged, then the process ends with 0", async () => {
    const served = await serve({ DRAIN_DELAY_MS: "1" });
    const busy = [...(await connectToBoth(served)), await connect(served), await connect(served)];
    for (const client of busy) await client.send(head);
    for (const client of busy) expect((await client.reply()).status).toBe(100);
    served.kill("SIGTERM");
    expect(await served.line(/no new work/)).toMatchObject({ requests: 4 });
    for (const client of busy) {
      await client.send(body);
      const { status, headers } = await client.reply();
      expect([status, headers["connection"]]).toEqual([200, "close"]);
    }
    const logged = [];
    for (const _ of busy) logged.push(await served.line(/^request$/));
    expect(logged.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await served.line(/every request was answered/);
    expect(await served.ended).toBe(0);
  });

  test("what neither has done by DRAIN_TIMEOUT_MS is cut off and counted, and the exit code is 1", async () => {
    const served = await serve({ DRAIN_DELAY_MS: "1", DRAIN_TIMEOUT_MS: "100" });
    const busy = await connectToBoth(served);
    for (const client of busy) await client.send(head);
    for (const client of busy) expect((await client.reply()).status).toBe(100);
    served.kill("SIGTERM");
    expect(await served.line(/DRAIN_TIMEOUT_MS/)).toMatchObject({ dropped: 2 });
    expect(await served.ended).toBe(1);
  });

  test.each(["main", "other"])(
    "a fault that nobody caught in the %s thread ends the process with 1",
    async (thread) => {
      const served = await serve();
      for (const client of await connectToBoth(served)) await client.send(get(`/livez?throw=${thread}`));
      const line = await served.line(/uncaught fault/);
      expect(line).toMatchObject({ err: { message: `thrown in the ${thread} thread` } });
      expect(await served.ended).toBe(1);
    },
  );

  test("both read the keys anew at SIGHUP", async () => {
    const { file } = keyFile({ someone: { scopes: ["compute"] } });
    const served = await serve({ API_KEYS_FILE: file });
    served.kill("SIGHUP");
    for (const _ of ["main", "other"]) {
      expect(await served.line(/API_KEYS_FILE was read anew/)).toMatchObject({ keys: 1 });
    }
  });

  test("CONNECTIONS_MAX is the limit of both together", async () => {
    const served = await serve({ CONNECTIONS_MAX: "4" });
    const more = [];
    for (let count = 0; count < 8; count++) more.push(await connect(served));
    const replies = more.map(async (client) => {
      await client.send(get("/livez")).catch(() => undefined);
      return client.reply().then(
        ({ status }) => status,
        () => "closed",
      );
    });
    expect((await Promise.all(replies)).sort()).toEqual([200, 200, 200, 200, "closed", "closed", "closed", "closed"]);
  });

  test("a second service on the same port does not start", async () => {
    const { port } = await serve();
    for (const HTTP_THREADS of ["1", "2"]) {
      const { code, stderr } = await lossd(["serve"], "", { PORT: `${port}`, HTTP_THREADS, WORKERS: "1" });
      expect([code, stderr]).toEqual([
        4,
        expect.stringContaining(`EADDRINUSE: address already in use 127.0.0.1:${port}`),
      ]);
    }
  });
});
