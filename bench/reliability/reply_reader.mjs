// Takes a connection's bytes as they come, cut anywhere, and says where each reply ends.
const endOfHead = "\r\n\r\n";
const endOfLine = "\r\n";

/**
 * Calls `onReply` for each whole reply: status, head (the lines of the head as they came) and body (a Buffer, empty unless
 * `keepBodies`). Interim replies (1xx) are passed over.
 */
export class ReplyReader {
  #onReply;
  #keepBodies;
  /** Text that is still to be looked at: of a head, or of a chunk's size. */
  #text = "";
  #reply;
  /** Bytes of the body, or of its current chunk, that are still to come. */
  #left = 0;
  #step = this.#readHead;

  constructor(onReply, { keepBodies = true } = {}) {
    this.#onReply = onReply;
    this.#keepBodies = keepBodies;
  }

  /** Whether the bytes of a reply have begun, and not ended: its head, if it has come. */
  get begun() {
    return this.#reply?.head ?? (this.#text === "" ? undefined : this.#text);
  }

  /** @param {Buffer} bytes may be written over afterwards */
  take(bytes) {
    let rest = bytes;
    while (rest.length > 0) rest = this.#step(rest);
  }

  /** The connection ended: a body of no announced length ends with it. Says whether a reply was cut. */
  end() {
    if (this.#step === this.#readToTheEnd) this.#finish();
    return this.begun !== undefined;
  }

  #readHead(bytes) {
    const head = this.#readUpTo(endOfHead, bytes);
    if (head === undefined) return bytes.subarray(bytes.length);
    const status = Number(head.text.slice(9, 12));
    if (status >= 200) this.#begin(status, head.text);
    return head.rest;
  }

  #begin(status, head) {
    this.#reply = { status, head, pieces: [] };
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (/^transfer-encoding: *chunked/im.test(head)) this.#step = this.#readSize;
    else if (length === undefined && status !== 204 && status !== 304) this.#step = this.#readToTheEnd;
    else {
      this.#left = Number(length ?? 0);
      this.#step = this.#readBody;
      if (this.#left === 0) this.#finish();
    }
  }

  #readBody(bytes) {
    const rest = this.#keep(bytes);
    if (this.#left === 0) this.#finish();
    return rest;
  }

  #readToTheEnd(bytes) {
    this.#left = bytes.length;
    return this.#keep(bytes);
  }

  #readSize(bytes) {
    const line = this.#readUpTo(endOfLine, bytes);
    if (line === undefined) return bytes.subarray(bytes.length);
    this.#left = Number.parseInt(line.text, 16);
    this.#step = this.#left === 0 ? this.#readTrailer : this.#readChunk;
    return line.rest;
  }

  #readChunk(bytes) {
    const rest = this.#keep(bytes);
    if (this.#left === 0) this.#step = this.#readEndOfChunk;
    return rest;
  }

  #readEndOfChunk(bytes) {
    const line = this.#readUpTo(endOfLine, bytes);
    if (line === undefined) return bytes.subarray(bytes.length);
    this.#step = this.#readSize;
    return line.rest;
  }

  #readTrailer(bytes) {
    const line = this.#readUpTo(endOfLine, bytes);
    if (line === undefined) return bytes.subarray(bytes.length);
    if (line.text === "") this.#finish();
    return line.rest;
  }

  #keep(bytes) {
    const taken = Math.min(this.#left, bytes.length);
    if (this.#keepBodies) this.#reply.pieces.push(Buffer.from(bytes.subarray(0, taken)));
    this.#left -= taken;
    return bytes.subarray(taken);
  }

  #readUpTo(mark, bytes) {
    const seen = this.#text.length;
    const text = this.#text + bytes.toString("latin1");
    const at = text.indexOf(mark);
    this.#text = at < 0 ? text : "";
    return at < 0 ? undefined : { text: text.slice(0, at), rest: bytes.subarray(at + mark.length - seen) };
  }

  #finish() {
    const { status, head, pieces } = this.#reply;
    this.#reply = undefined;
    this.#step = this.#readHead;
    this.#onReply({ status, head, body: Buffer.concat(pieces) });
  }
}
