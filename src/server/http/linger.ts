import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { announcedLength } from "./body.ts";

/** So much of a body that nobody wants is read off by Node itself, and its connection goes on. */
const keptBytesMax = 1 << 16;
/** A body over the limit is read off up to this many times the limit, so that a client that only writes sees the reply. */
const limitFactor = 4;
/** The bodies of refused requests are read a piece each in turn: so many pieces of up to 64 KiB at a time. */
const turnMs = 4;
const piecesPerTurn = 8;

interface Lingering {
  readonly message: IncomingMessage;
  readonly socket: Socket;
  readonly until: number;
  bytesLeft: number;
}

const lingering = new Set<Lingering>();
let timer: NodeJS.Timeout | undefined;

/** Whether a refused request has so much of its body still to come that its connection is not worth keeping. */
export function leavesMuch(message: IncomingMessage): boolean {
  return !message.complete && !((announcedLength(message) ?? Number.POSITIVE_INFINITY) <= keptBytesMax);
}

/**
 * Has the connection end slowly after this reply, which says `connection: close`: our side is closed, and what the client
 * still sends is read off at a bounded rate, because a connection that closes under a client that writes takes the reply
 * back. Node by itself would read it at full speed, beside the requests that count, and close at once.
 */
export function lingerAfter(
  reply: ServerResponse,
  limits: { readonly bytesMax: number; readonly idleMs: number },
): void {
  const { req: message, socket } = reply;
  if (!socket) return;
  const bytesLeft = limitFactor * limits.bytesMax;
  // Node calls this when the last reply of a connection is written.
  socket.destroySoon = () => {
    message.pause();
    socket.end();
    const entry = { message, socket, until: performance.now() + limits.idleMs, bytesLeft };
    lingering.add(entry);
    timer ??= setInterval(turn, turnMs);
    const leave = () => end(entry);
    message.once("end", leave);
    socket.once("close", leave);
    if (message.readableEnded || (announcedLength(message) ?? 0) > bytesLeft) leave();
  };
}

function turn(): void {
  const now = performance.now();
  let pieces = piecesPerTurn;
  for (const entry of lingering) {
    if (pieces-- === 0) return;
    // To the end of the line: the next turn begins with those that had none.
    lingering.delete(entry);
    lingering.add(entry);
    const piece = entry.message.read() as Buffer | null;
    entry.bytesLeft -= piece?.length ?? 0;
    if (entry.bytesLeft < 0 || now > entry.until) end(entry);
  }
}

function end(entry: Lingering): void {
  if (!lingering.delete(entry)) return;
  entry.socket.destroy();
  if (lingering.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}
