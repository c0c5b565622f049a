// A client that does over a raw socket what a well-behaved library would not.
import { connect } from "node:net";
import { ReplyReader } from "./reply_reader.mjs";

const host = "127.0.0.1";
/** Every connection reads into it: what is kept of a reply is copied out at once. */
const readBuffer = Buffer.allocUnsafe(2 ** 18);

/** The bytes of a request. A `content-length` of `headers` stands as it is, whatever the body has. */
export function makeRequest(method, path, headers = {}, body = Buffer.alloc(0)) {
  const length = method === "GET" || "transfer-encoding" in headers ? {} : { "content-length": body.length };
  const lines = Object.entries({ host, ...length, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"), body]);
}

/** A POST of JSON. */
export const makePost = (path, body, headers = {}) =>
  makeRequest("POST", path, { "content-type": "application/json", ...headers }, Buffer.from(body));

/**
 * A connection whose requests are asked one after the other. Nothing here rejects: what went wrong is the outcome's
 * `fault`, "refused" (no connection), "reset", "eof" (closed without a whole reply) or "timeout".
 */
export class Client {
  #socket;
  #reader;
  #answer;
  #end;

  /** @param {{ keepBodies?: boolean }} [options] */
  constructor(port, { keepBodies = true } = {}) {
    this.#reader = new ReplyReader((reply) => this.#settle(reply), { keepBodies });
    const callback = (bytes, buffer) => {
      this.#reader.take(buffer.subarray(0, bytes));
      return true;
    };
    this.#socket = connect({ host, port, noDelay: true, onread: { buffer: readBuffer, callback } });
    this.#socket.on("end", () => this.#close("eof"));
    this.#socket.on("error", ({ code }) => this.#close(code === "ECONNREFUSED" ? "refused" : "reset"));
    this.#socket.on("close", () => this.#close("eof"));
  }

  /** Whether the server has not ended the connection, as far as this side knows. */
  get open() {
    return this.#end === undefined;
  }

  /** Sends bytes for which no reply is waited for. */
  write(bytes) {
    if (this.open) this.#socket.write(bytes);
  }

  /**
   * Sends a request and waits for the whole reply.
   * @param {{ timeoutMs?: number, halfClose?: boolean }} [options] `halfClose`: says right after it that no more comes
   * @returns {Promise<{ status?: number, head?: string, body?: Buffer, fault?: string, ms: number }>}
   */
  async ask(bytes, { timeoutMs = 30_000, halfClose = false } = {}) {
    const started = performance.now();
    const outcome = await new Promise((resolve) => {
      if (!this.open) return resolve({ fault: this.#end });
      const late = setTimeout(() => this.#settle({ fault: "timeout" }), timeoutMs);
      this.#answer = (given) => {
        clearTimeout(late);
        resolve(given);
      };
      if (halfClose) this.#socket.end(bytes);
      else this.#socket.write(bytes);
    });
    return { ...outcome, ms: performance.now() - started };
  }

  /** Waits for a reply to what was written before. */
  receive(options) {
    return this.ask(Buffer.alloc(0), options);
  }

  close() {
    this.#socket.destroy();
  }

  #settle(outcome) {
    this.#answer?.(outcome);
    this.#answer = undefined;
  }

  #close(fault) {
    if (this.#end !== undefined) return;
    this.#end = fault;
    this.#reader.end();
    this.#settle({ fault });
  }
}

/** One request on a connection of its own. */
export async function askOnce(port, bytes, { timeoutMs, halfClose, keepBodies } = {}) {
  const client = new Client(port, { keepBodies });
  const outcome = await client.ask(bytes, { timeoutMs, halfClose });
  client.close();
  return outcome;
}

export const says = (head, name, value) => new RegExp(`^${name}: *${value}`, "im").test(head ?? "");
