// The command and its threads as few files with all that they use: Node takes longer to find and load 700 files than to
// run them. They are dist/main.js, dist/worker.js and dist/http_thread.js; the library and the tests load the others.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What the packages that are CommonJS expect to be there. */
const commonJs = `import { createRequire as requireOf } from "node:module";
const require = requireOf(import.meta.url);
const __dirname = import.meta.dirname;
const __filename = import.meta.filename;`;

/** `external` names imports that stay as they are. */
export async function bundle(dist, external = []) {
  for (const file of readdirSync(dist)) if (/^chunk-.*\.js$/.test(file)) rmSync(path.join(dist, file));
  await build({
    entryPoints: {
      main: path.join(dist, "cli/main.js"),
      worker: path.join(dist, "service/worker.js"),
      http_thread: path.join(dist, "server/http_thread.js"),
    },
    outdir: dist,
    // Where src/files.ts lies, whose paths then hold.
    chunkNames: "chunk-[hash]",
    bundle: true,
    external,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22.12",
    minifySyntax: true,
    banner: { js: commonJs },
    logLevel: "warning",
  });
  const require = createRequire(path.join(dist, "main.js"));
  const swagger = path.join(path.dirname(require.resolve("@fastify/swagger-ui/package.json")), "static");
  const ours = path.join(path.dirname(dist), "src/server/openapi/page");
  mkdirSync(path.join(dist, "docs_page"), { recursive: true });
  for (const file of [
    path.join(swagger, "swagger-ui-bundle.js"),
    path.join(swagger, "swagger-ui.css"),
    path.join(path.dirname(dist), "src/page/icon.svg"),
    ...readdirSync(ours).map((name) => path.join(ours, name)),
  ]) {
    writeFileSync(
      path.join(dist, "docs_page", `${path.basename(file)}.gz`),
      gzipSync(readFileSync(file), { level: 9 }),
    );
  }
}
