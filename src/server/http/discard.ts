import type { IncomingMessage } from "node:http";

/** What is left of a stream's body is read off up to this many times the limit of a line. */
const limitFactor = 4;

/**
 * Reads off what is left of a stream that has ended, so that a client that writes everything before it reads gets to the
 * last line. False: there was too much of it, or it came too slowly, and the connection cannot be used again.
 */
export function discardBody(
  message: IncomingMessage,
  limits: { readonly bytesMax: number; readonly idleMs: number; readonly deadlineMs: number },
): Promise<boolean> {
  if (message.readableEnded) return Promise.resolve(true);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const fail = () => resolve(false);
  let bytesLeft = limitFactor * limits.bytesMax;
  const idle = setTimeout(fail, limits.idleMs);
  const deadline = setTimeout(fail, Math.max(0, limits.deadlineMs - performance.now()));
  const take = (chunk: Buffer) => {
    idle.refresh();
    bytesLeft -= chunk.length;
    if (bytesLeft < 0) fail();
  };
  const end = () => resolve(true);
  message.on("data", take).once("end", end).once("close", fail).resume();
  return promise.finally(() => {
    clearTimeout(idle);
    clearTimeout(deadline);
    message.off("data", take).off("end", end).off("close", fail);
    if (!message.readableEnded) message.pause();
  });
}
