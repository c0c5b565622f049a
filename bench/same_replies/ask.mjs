import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { ReplyReader } from "../reliability/reply_reader.mjs";

/** Between two pieces of a request: the first has been read by then. */
const pauseMs = 15;
const patienceMs = 10_000;

/**
 * Sends the pieces of a request on a connection of its own, and gives back all bytes that came: until the reply is whole,
 * or the service ends the connection.
 */
export async function askRaw(port, pieces) {
  const chunks = [];
  const { promise, resolve } = Promise.withResolvers();
  const reader = new ReplyReader(resolve);
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const late = setTimeout(resolve, patienceMs);
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    reader.take(chunk);
  });
  socket.on("error", resolve).on("close", resolve);
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) await wait(pauseMs);
    socket.write(piece);
  }
  await promise;
  clearTimeout(late);
  socket.destroy();
  // The log line is written when the reply is closed.
  await wait(1);
  return Buffer.concat(chunks);
}
