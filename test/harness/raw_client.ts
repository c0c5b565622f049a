import { connect, type Socket } from "node:net";

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client that knows no HTTP: it sends what it is given. */
export class RawClient {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #look: (() => void) | undefined;
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#look?.();
    });
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      this.#ended = true;
      this.#look?.();
      resolve();
    });
  }

  static connect(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => resolve(new RawClient(socket)));
      socket.once("error", reject);
    });
  }

  /** Resolves when the system took every byte. Nothing is read meanwhile if `reading` is off. */
  send(bytes: string | Uint8Array, reading = true): Promise<void> {
    if (!reading) this.#socket.pause();
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => {
        this.#socket.resume();
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** The next whole reply; an Error if the connection ends before it. Headers have small letters. */
  reply(): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        const taken = this.#take();
        if (taken) {
          this.#look = undefined;
          resolve(taken);
        } else if (this.#ended) reject(new Error(`the connection ended after ${this.#received.length} bytes`));
      };
      this.#look();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Bytes that came and were not taken as replies. */
  get received(): number {
    return this.#received.length;
  }

  /** Leaves as a program that crashed does: the server cannot take it for a client that waits. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Sends no more, and still reads. */
  halfClose(): void {
    this.#socket.end();
  }

  #take(): RawReply | undefined {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const [statusLine = "", ...lines] = this.#received.subarray(0, end).toString("latin1").split("\r\n");
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const bodyEnd = end + 4 + Number(headers["content-length"] ?? 0);
    if (this.#received.length < bodyEnd) return undefined;
    const body = this.#received.subarray(end + 4, bodyEnd).toString();
    this.#received = this.#received.subarray(bodyEnd);
    return { status: Number(statusLine.split(" ")[1]), headers, body };
  }
}

/** One exchange on a connection of its own. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<RawReply> {
  const client = await RawClient.connect(port);
  try {
    await client.send(bytes);
    return await client.reply();
  } finally {
    client.destroy();
  }
}

export type Headers = Readonly<Record<string, string | undefined>>;

/** Sends a request line with a body of JSON and exactly these headers, of which fetch would change some. */
export function sendJson(port: number, line: string, body: string, headers: Headers): Promise<RawReply> {
  const all = { "content-type": "application/json", "content-length": String(body.length), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`]));
  return exchange(port, `${line} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}
