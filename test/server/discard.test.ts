// What is left of a stream that has ended is read off, within bounds: what they are, and that nothing stays behind.
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { discardBody } from "#lossd/server/http/discard.js";

const limits = { bytesMax: 10, idleMs: 1000, deadlineMs: 0 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function discard(deadlineMs = 60_000) {
  const message = new PassThrough();
  const read = discardBody(message as unknown as IncomingMessage, {
    ...limits,
    deadlineMs: performance.now() + deadlineMs,
  });
  return { message, read };
}

/** Writes and has the reader see it, with time standing still. */
function write(message: PassThrough, bytes: number): Promise<void> {
  return new Promise((resolve) => message.write(Buffer.alloc(bytes), () => resolve()));
}

describe("what is left of a body is read off", () => {
  test("to its end", async () => {
    const { message, read } = discard();
    await write(message, 40);
    message.end();
    expect(await read).toBe(true);
  });

  test("and is there already when all of it was read before", async () => {
    const message = new PassThrough();
    message.resume().end();
    await new Promise((resolve) => message.once("end", resolve));
    expect(await discardBody(message as unknown as IncomingMessage, limits)).toBe(true);
  });

  test("up to four times the limit of a line", async () => {
    const { message, read } = discard();
    await write(message, 41);
    expect(await read).toBe(false);
    expect(message.isPaused()).toBe(true);
  });

  test("until nothing comes for IDLE_TIMEOUT_MS, which each piece starts anew", async () => {
    const { message, read } = discard();
    vi.advanceTimersByTime(999);
    await write(message, 1);
    vi.advanceTimersByTime(999);
    const pending = Symbol();
    expect(await Promise.race([read, Promise.resolve(pending)])).toBe(pending);
    vi.advanceTimersByTime(1);
    expect(await read).toBe(false);
  });

  test("until the deadline, however much comes", async () => {
    const { message, read } = discard(1500);
    vi.advanceTimersByTime(999);
    await write(message, 1);
    vi.advanceTimersByTime(501);
    expect(await read).toBe(false);
  });

  test("until the connection is gone", async () => {
    const { message, read } = discard();
    message.destroy();
    expect(await read).toBe(false);
  });

  test("and then no timer and no listener stays", async () => {
    const { message, read } = discard();
    message.end();
    await read;
    expect(vi.getTimerCount()).toBe(0);
    expect(["data", "end", "close"].map((event) => message.listenerCount(event))).toEqual(
      ["data", "end", "close"].map((event) => new PassThrough().listenerCount(event)),
    );
  });
});
