import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Service } from "./service.js";

/** A reply line as a test reads it. */
export interface ReplyLine {
  readonly line?: number;
  readonly id?: string | number;
  readonly loss?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly done?: boolean;
  readonly lines?: number;
  readonly [name: string]: unknown;
}

/** A client that writes and reads a stream line by line, each when the test says so. */
export class LinesClient {
  readonly #request: ClientRequest;
  readonly #response: Promise<IncomingMessage>;
  #texts: AsyncGenerator<string> | undefined;

  constructor({ port }: Service, loss = "mse", { query = "", headers = {}, path = `/v1/losses/${loss}` } = {}) {
    this.#request = request({
      port,
      host: "127.0.0.1",
      path: path + query,
      method: "POST",
      headers: { "content-type": "application/x-ndjson", ...headers },
    });
    this.#response = new Promise((resolve, reject) => this.#request.on("response", resolve).on("error", reject));
    this.#response.catch(() => undefined);
    this.#request.flushHeaders();
  }

  get response(): Promise<IncomingMessage> {
    return this.#response;
  }

  /** Resolves when the system took every byte. */
  write(text: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#request.write(text, () => resolve()));
  }

  /** Resolves when the system took every byte. */
  end(text: string | Uint8Array = ""): Promise<void> {
    return new Promise((resolve) => this.#request.end(text, () => resolve()));
  }

  /** The next reply line as text; undefined at the end. */
  async text(): Promise<string | undefined> {
    this.#texts ??= textsOf(await this.#response);
    const { value, done } = await this.#texts.next();
    return done ? undefined : value;
  }

  async line(): Promise<ReplyLine | undefined> {
    const text = await this.text();
    return text === undefined ? undefined : (JSON.parse(text) as ReplyLine);
  }

  /** All lines that are left. */
  async rest(): Promise<ReplyLine[]> {
    const lines: ReplyLine[] = [];
    for (let line = await this.line(); line; line = await this.line()) lines.push(line);
    return lines;
  }

  destroy(): void {
    this.#request.destroy();
  }
}

async function* textsOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const texts = (rest + chunk).split("\n");
    rest = texts.pop()!;
    yield* texts;
  }
  if (rest !== "") throw new Error(`the last line has no end: ${rest}`);
}

/** Sends a whole stream and reads the whole reply. */
export async function exchangeLines(
  service: Service,
  loss: string,
  text: string | Uint8Array,
  more: { query?: string; headers?: Record<string, string>; path?: string } = {},
): Promise<ReplyLine[]> {
  const client = new LinesClient(service, loss, more);
  client.end(text);
  return client.rest();
}
