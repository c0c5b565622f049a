import { constants, fstatSync, openSync, write as writeFile, writeSync } from "node:fs";
import { Socket } from "node:net";

/** Where log lines go. Nothing of it blocks the process, and nothing of it is thrown. */
export interface Sink {
  /** Bytes that were not taken yet. */
  readonly pendingBytes: number;
  /** Keeps bytes, and does not copy them. */
  write(bytes: Buffer): void;
  /** At the end of the process: writes what is left, as far as that takes no waiting. */
  writeNow(): void;
  /** Calls back each time that everything was taken. */
  onEmpty(listener: () => void): void;
  /** Calls back once when everything is taken, at once if it is. */
  onceEmpty(listener: () => void): void;
}

/** A sink for a descriptor of the process: a pipe or socket whose reader may stand still, or a file whose disk may be full. */
export function openSink(descriptor: number): Sink {
  const kind = kindOf(descriptor);
  if (kind === "file") return new FileSink(descriptor);
  if (kind === "socket") return new SocketSink(descriptor);
  try {
    // Opened anew, a pipe does not block, and whoever else has it open sees no change. A blocked write in Node's thread pool
    // would hang even process.exit().
    return new SocketSink(openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    return new SocketSink(descriptor);
  }
}

function kindOf(descriptor: number): "file" | "socket" | "pipe" {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() ? "pipe" : stat.isSocket() ? "socket" : "file";
  } catch {
    return "file";
  }
}

/** Listeners for the moments when a sink has nothing left. */
class Emptied {
  readonly #always: (() => void)[] = [];
  #once: (() => void)[] = [];

  always(listener: () => void): void {
    this.#always.push(listener);
  }

  once(listener: () => void): void {
    this.#once.push(listener);
  }

  tell(): void {
    const once = this.#once;
    this.#once = [];
    for (const listener of [...this.#always, ...once]) listener();
  }
}

/** How long a write that failed waits before it is tried again. */
const retryMs = 100;

/** A regular file, a terminal or a device. */
class FileSink implements Sink {
  readonly #descriptor: number;
  readonly #emptied = new Emptied();
  #chunks: Buffer[] = [];
  #writing = false;
  pendingBytes = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.pendingBytes += bytes.length;
    this.#next();
  }

  writeNow(): void {
    // The thread pool is still writing the first chunk, and goes on with it.
    const rest = this.#writing ? this.#chunks.slice(1) : this.#chunks;
    this.#chunks = [];
    try {
      for (const chunk of rest) writeSync(this.#descriptor, chunk);
    } catch {
      // There is nobody left to tell.
    }
  }

  onEmpty(listener: () => void): void {
    this.#emptied.always(listener);
  }

  onceEmpty(listener: () => void): void {
    if (this.pendingBytes === 0) listener();
    else this.#emptied.once(listener);
  }

  #next(): void {
    const [chunk] = this.#chunks;
    if (this.#writing || !chunk) return;
    this.#writing = true;
    writeFile(this.#descriptor, chunk, (error, written) => {
      this.#writing = false;
      if (error) {
        setTimeout(() => this.#next(), retryMs).unref();
        return;
      }
      this.pendingBytes -= written;
      if (written < chunk.length) this.#chunks[0] = chunk.subarray(written);
      else this.#chunks.shift();
      if (this.#chunks.length > 0) this.#next();
      else this.#emptied.tell();
    });
  }
}

/** A pipe or a socket. */
class SocketSink implements Sink {
  readonly #socket: Socket;
  readonly #emptied = new Emptied();

  constructor(descriptor: number) {
    this.#socket = new Socket({ fd: descriptor, readable: false, writable: true });
    this.#socket.unref();
    // Whoever read it is gone: lines are lost, and the service goes on.
    this.#socket.on("error", () => this.#emptied.tell());
    this.#socket.on("drain", () => this.#emptied.tell());
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes, () => this.pendingBytes === 0 && this.#emptied.tell());
  }

  writeNow(): void {
    // Nothing to do: the socket took at once what it could, and nobody reads the rest.
  }

  onEmpty(listener: () => void): void {
    this.#emptied.always(listener);
  }

  onceEmpty(listener: () => void): void {
    if (this.pendingBytes === 0) listener();
    else this.#emptied.once(listener);
  }
}
