// The client that measures latency reads bytes itself: replies come cut anywhere.
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Connection } from "../../bench/http/connection.mjs";

let server: Server;
afterEach(() => server.close());

/** Answers each request, which ends with "!", by what `answer` writes. */
async function listen(answer: (socket: Socket) => unknown): Promise<string> {
  server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => chunk.toString().endsWith("!") && answer(socket));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return `http://127.0.0.1:${port}`;
}

const reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

test.each(Array.from({ length: reply.length + 1 }, (_, cut) => cut))(
  "a reply cut after %i bytes is read to its end, and the next one too",
  async (cut) => {
    const url = await listen((socket) => {
      socket.write(reply.slice(0, cut), () => setImmediate(() => socket.write(reply.slice(cut))));
    });
    const connection = await Connection.open(url);
    for (let i = 0; i < 2; i++) {
      const { ms, head } = await connection.post("/", {}, Buffer.from("!"));
      expect(ms).toBeGreaterThan(0);
      expect(head).toBe("HTTP/1.1 200 OK\r\nContent-Length: 5");
    }
    connection.close();
  },
);

test.each([
  ["a refusal", "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", /429/],
  ["a reply of unknown length", "HTTP/1.1 200 OK\r\n\r\n", /content-length/],
])("%s is no measurement", async (_name, text, message) => {
  const connection = await Connection.open(await listen((socket) => socket.write(text)));
  await expect(connection.post("/", {}, Buffer.from("!"))).rejects.toThrow(message);
  connection.close();
});

test("a server that hangs up is no measurement", async () => {
  const connection = await Connection.open(await listen((socket) => socket.end(reply.slice(0, -1))));
  await expect(connection.post("/", {}, Buffer.from("!"))).rejects.toThrow(/closed/);
});
