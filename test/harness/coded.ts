import { type IncomingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Service } from "./service.js";

export interface Coded {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Asks for a reply in some coding and leaves it packed, which fetch would not. With a body it is a POST of JSON. */
export function askCoded({ url }: Service, path: string, coding: string, body?: string): Promise<Coded> {
  const headers = { "accept-encoding": coding, ...(body !== undefined && { "content-type": "application/json" }) };
  return new Promise((resolve, reject) => {
    request(new URL(path, url), { method: body === undefined ? "GET" : "POST", headers }, (reply) => {
      buffer(reply).then((bytes) => resolve({ status: reply.statusCode!, headers: reply.headers, bytes }), reject);
    })
      .on("error", reject)
      .end(body);
  });
}
