import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readPageFile } from "../../files.ts";
import { type Compressed, compressed, sendCompressed } from "../http/compressed.ts";

/** No script, style, font or image comes from elsewhere: the page works without a network. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "frame-ancestors 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
].join("; ");

/** The files beside the page itself; the build has compressed them. */
const files = {
  "icon.svg": "image/svg+xml",
  "start.js": "text/javascript; charset=utf-8",
  "style.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "swagger-ui.css": "text/css; charset=utf-8",
};

/** Swagger UI under /docs. Its links are relative, so that it works under any prefix. `document` is what it shows. */
export function servePage(app: FastifyInstance, document: () => object): void {
  const page = onDemand(() => readPageFile("index.html"));
  app.get("/docs", { schema: { hide: true } }, (request, reply) =>
    // There the page's links would lead one folder too deep.
    /\/(\?|$)/.test(request.url)
      ? reply.redirect("../docs")
      : sendFile(request, reply, page(), "text/html; charset=utf-8"),
  );
  for (const [name, type] of Object.entries(files)) {
    const file = onDemand(() => readPageFile(name));
    app.get(`/docs/static/${name}`, { schema: { hide: true } }, (request, reply) =>
      sendFile(request, reply, file(), type),
    );
  }
  const shown = onDemand(() => compressed(JSON.stringify(document())));
  app.get("/docs/openapi.json", { schema: { hide: true } }, (request, reply) =>
    sendFile(request, reply, shown(), "application/json; charset=utf-8"),
  );
}

/** The same value each time, made when it is first asked for. */
export function onDemand<Value>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= make();
    return value;
  };
}

function sendFile(request: FastifyRequest, reply: FastifyReply, bytes: Compressed, type: string): FastifyReply {
  const tag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  reply
    .header("content-security-policy", contentSecurityPolicy)
    .header("etag", tag)
    .header("cache-control", "no-cache");
  if (request.headers["if-none-match"] === tag) return reply.code(304).send();
  return sendCompressed(request, reply, bytes, type);
}
