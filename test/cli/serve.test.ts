// The whole service as a process: its ready line, and its end.
import { expect, test } from "vitest";
import { keyFile } from "../harness/keys.js";
import { RawClient } from "../harness/raw_client.js";
import { Served } from "./served.js";

const body = '{"logits":[1],"labels":[3]}';
const head = `POST /v1/losses/mse HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s in the middle of a request: it is answered, then the service ends with 0",
  async (signal) => {
    const served = new Served();
    const busy = await served.ready();
    const idle = await RawClient.connect(served.port);
    await idle.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await idle.reply()).status).toBe(200);
    // The reply to a request that waits for leave says that the service has it.
    await busy.send(head.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
    expect((await busy.reply()).status).toBe(100);
    served.kill(signal);
    expect(await served.line(/no new work/)).toMatchObject({ requests: 1 });
    await busy.send(body);
    const { status, headers, body: answer } = await busy.reply();
    expect([status, headers["connection"], JSON.parse(answer).loss]).toEqual([200, "close", 4]);
    await served.line(/every request was answered/);
    expect(await served.ended).toBe(0);
    await idle.closed;
  },
);

test("after SIGTERM the service is not ready and serves on for DRAIN_DELAY_MS; a second signal ends it at once", async () => {
  const served = new Served({ DRAIN_DELAY_MS: "600000" });
  const client = await served.ready();
  served.kill("SIGTERM");
  await served.line(/is stopping/);
  await client.send(head + body);
  expect((await client.reply()).status).toBe(200);
  await client.send("GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n");
  const ready = await client.reply();
  expect([ready.status, JSON.parse(ready.body)]).toEqual([503, { status: "draining" }]);
  served.kill("SIGTERM");
  expect(await served.ended).toBe(1);
  await client.closed;
});

test("what is not done by DRAIN_TIMEOUT_MS is cut off, counted, and the exit code is 1", async () => {
  const served = new Served({ DRAIN_TIMEOUT_MS: "100" });
  const client = await served.ready();
  await client.send(head.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));
  expect((await client.reply()).status).toBe(100);
  served.kill("SIGTERM");
  expect(await served.line(/DRAIN_TIMEOUT_MS/)).toMatchObject({ dropped: 1 });
  expect(await served.ended).toBe(1);
});

test("with --only check claims are judged, and nothing is computed", async () => {
  const served = new Served({}, ["--only", "check"]);
  const client = await served.ready();
  await client.send(head + body);
  expect((await client.reply()).status).toBe(404);
  const claim = `${body.slice(0, -1)},"claim":{"loss":4}}`;
  await client.send(head.replace("mse", "mse/check").replace(`${body.length}`, `${claim.length}`) + claim);
  const { body: reply } = await client.reply();
  expect(JSON.parse(reply)).toEqual({ verdict: "pass", parts: [{ output: "loss", verdict: "pass" }] });
  served.kill("SIGKILL");
  await served.ended;
});

test("a reader of the log that stands still does not stop the service", async () => {
  const served = new Served();
  const client = await served.ready();
  const requests = 2000;
  // Nobody reads the log from here on: its pipe is full long before the last request.
  for (let count = 0; count < requests; count++) {
    await client.send(`GET /livez HTTP/1.1\r\nHost: a\r\nx-request-id: ${"a".repeat(64)}\r\n\r\n`);
    expect((await client.reply()).status).toBe(200);
  }
  served.kill("SIGKILL");
  await served.ended;
});

test("SIGHUP has the keys read anew, and ends nothing", async () => {
  const { file, tokens } = keyFile({ someone: { scopes: ["compute"] } });
  const served = new Served({ API_KEYS_FILE: file });
  const client = await served.ready();
  served.kill("SIGHUP");
  expect(await served.line(/API_KEYS_FILE was read anew/)).toMatchObject({ keys: 1 });
  await client.send(head.replace("\r\n\r\n", `\r\nAuthorization: Bearer ${tokens.someone}\r\n\r\n`) + body);
  expect((await client.reply()).status).toBe(200);
  served.kill("SIGTERM");
  expect(await served.ended).toBe(0);
});
