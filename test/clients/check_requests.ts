// node test/clients/check_requests.ts NAME COMMAND…
// Runs a generated client against a service, with LOSSD_URL and the path of a list of requests behind the command. Between
// them is a recorder: what the client was sent has to be, to the byte, what curl gets for the request as it is written, and
// the client has to print each reply's status and loss.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import process from "node:process";
import { buffer, text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { startService } from "./service.ts";

const list = path.resolve("test/clients/generated/requests.json");

/** So that replies with problems are the same bytes. */
const requestId = "same";

interface Recorded {
  readonly sent: string;
  readonly status: number;
  readonly reply: string;
}

/** Passes requests on, and keeps what came and what went. */
async function startRecorder(url: string) {
  const recorded: Recorded[] = [];
  const server = createServer(async (request, reply) => {
    const body = await buffer(request);
    const headers = { "content-type": request.headers["content-type"] ?? "", "x-request-id": requestId };
    const response = await fetch(url + request.url, { method: request.method ?? "GET", headers, body });
    const bytes = Buffer.from(await response.arrayBuffer());
    recorded.push({ sent: body.toString(), status: response.status, reply: bytes.toString() });
    reply.writeHead(response.status, { "content-type": response.headers.get("content-type")! }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, recorded, close: () => server.close() };
}

/** What curl is told for a request as it is written in the list. */
function curl(url: string, loss: string, request: object): string {
  const json = ["-H", "content-type: application/json", "-H", `x-request-id: ${requestId}`];
  const asked = [`${url}/v1/losses/${loss}`, ...json, "--data-binary", JSON.stringify(request)];
  return execFileSync("curl", ["-sS", ...asked], { encoding: "utf8" });
}

async function run(command: readonly string[], url: string): Promise<string> {
  const env = { ...process.env, LOSSD_URL: url };
  const client = spawn(command[0]!, [...command.slice(1), list], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [stdout, [code]] = await Promise.all([text(client.stdout), once(client, "exit")]);
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}`);
  return stripVTControlCharacters(stdout);
}

/** What a client prints of a reply: its status, and of a success the loss. */
function outcome(status: number, reply: string): string {
  if (status !== 200) return String(status);
  const { loss } = JSON.parse(reply) as { loss?: number };
  return `200 ${loss ?? "none"}`;
}

const sameNumber = (line: string) => line.replace(/ (-?[\d.]\S*)$/, (_, number: string) => ` ${Number(number)}`);

async function main([name, ...command]: readonly string[]): Promise<void> {
  if (!name || command.length === 0) throw new Error("usage: check_requests.ts NAME COMMAND…");
  const requests = JSON.parse(readFileSync(list, "utf8")) as [string, object][];
  const service = await startService();
  const recorder = await startRecorder(service.url);
  try {
    const printed = (await run(command, recorder.url)).trim().split("\n").map(sameNumber);
    for (const [i, [loss, request]] of requests.entries()) {
      const { sent, status, reply } = recorder.recorded[i] ?? { sent: "nothing", status: 0, reply: "" };
      const about = `${name}, request ${i} of ${loss}: it sent ${sent}`;
      const expected = curl(service.url, loss, request);
      if (reply !== expected) throw new Error(`${about}\nand was told\n${reply}\nbut curl is told\n${expected}`);
      const told = outcome(status, reply);
      if (printed[i] !== told) throw new Error(`${about}\nand printed ${printed[i]}, but the reply says ${told}`);
    }
    process.stdout.write(`${name}: the ${requests.length} replies are curl's, to the byte\n`);
  } finally {
    recorder.close();
    await service.stop();
  }
}

await main(process.argv.slice(2));
