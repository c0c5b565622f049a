// A client with as little of its own time as can be: one socket that is kept, and one buffer that every read lands in.
import { once } from "node:events";
import { connect } from "node:net";

const readBytes = 1 << 20;
const endOfHead = "\r\n\r\n";

export class Connection {
  #socket;
  #head = "";
  #left = 0;
  #reply;

  static async open(url) {
    const { hostname, port } = new URL(url);
    const connection = new Connection();
    const onread = {
      buffer: Buffer.allocUnsafe(readBytes),
      callback: (bytes, buffer) => connection.#take(bytes, buffer),
    };
    connection.#socket = connect({ host: hostname, port: Number(port), onread });
    connection.#socket.setNoDelay(true);
    await once(connection.#socket, "connect");
    connection.#socket.on("error", (error) => connection.#reply?.reject(error));
    connection.#socket.on("close", () => connection.#reply?.reject(new Error("the connection was closed")));
    return connection;
  }

  /** The bytes of a POST: made once, and not for every request. */
  static prepare(path, headers, body) {
    const lines = Object.entries({ host: "127.0.0.1", ...headers, "content-length": body.length });
    const head = `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
    return Buffer.concat([Buffer.from(head, "latin1"), body]);
  }

  /** From the request's first byte to the reply's last: milliseconds. Rejects what is not a 200 with a content-length. */
  async send(request) {
    this.#reply = Promise.withResolvers();
    const started = performance.now();
    this.#socket.write(request);
    const reply = await this.#reply.promise;
    return { ms: performance.now() - started, ...reply };
  }

  post(path, headers, body) {
    return this.send(Connection.prepare(path, headers, body));
  }

  close() {
    this.#socket.destroy();
  }

  #take(bytes, buffer) {
    let start = 0;
    if (this.#left === 0) {
      const seen = this.#head.length;
      this.#head += buffer.toString("latin1", 0, bytes);
      const end = this.#head.indexOf(endOfHead);
      if (end < 0) return true;
      start = end + endOfHead.length - seen;
      this.#head = this.#head.slice(0, end);
      this.#left = Number(/^content-length: *(\d+)$/im.exec(this.#head)?.[1]);
      if (!this.#head.startsWith("HTTP/1.1 200 ") || Number.isNaN(this.#left)) {
        this.#reply.reject(new Error(`not a 200 with a content-length: ${this.#head.split("\r\n")[0]}`));
      }
    }
    this.#left -= bytes - start;
    if (this.#left === 0) {
      this.#reply.resolve({ head: this.#head });
      this.#head = "";
    }
    return true;
  }
}
