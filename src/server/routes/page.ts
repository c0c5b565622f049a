import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { FastifyInstance } from "fastify";
import { pageFolder } from "../../files.ts";
import { sendCompressed } from "../http/compressed.ts";

/** All that the page may do: nothing of another origin is loaded or asked, and no text becomes code or style. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'";

const mediaTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** The page at `/`, and its files under `/page/`. They are read once: they are few, and change with a build only. */
export function pageRoutes(app: FastifyInstance): void {
  serve(app, "/", "index.html", "no-cache");
  for (const file of readdirSync(path.join(pageFolder, "page"))) {
    const name = path.basename(file, ".gz");
    // A file with other content has another name.
    serve(app, `/page/${name}`, `page/${name}`, "public, max-age=31536000, immutable");
  }
}

function serve(app: FastifyInstance, url: string, name: string, cacheControl: string): void {
  const bytes = readFileSync(path.join(pageFolder, `${name}.gz`));
  const type = mediaTypes[path.extname(name)] ?? "application/octet-stream";
  app.get(url, { schema: { hide: true } }, (request, reply) => {
    // A frame around it could have a reader click what they do not see.
    reply.headers({ "content-security-policy": contentSecurityPolicy, "x-frame-options": "DENY" });
    return sendCompressed(request, reply.header("cache-control", cacheControl), bytes, type);
  });
}
