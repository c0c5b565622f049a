// The command and the workers as few files with all that they use: Node takes longer to find and load 700 files than to
// run them. They are dist/main.js and dist/worker.js; the library and the tests load the other files of dist/.
import { cpSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
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
    entryPoints: { main: path.join(dist, "cli/main.js"), worker: path.join(dist, "service/worker.js") },
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
  cpSync(swagger, path.join(dist, "swagger-ui"), { recursive: true });
}
