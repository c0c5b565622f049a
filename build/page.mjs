// Builds dist/page/: the page of src/page, each of its files compressed, so that the service has only to send them.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

export async function buildPage(root, dist) {
  const out = path.join(dist, "page");
  await build({
    configFile: false,
    root: path.join(root, "src/page"),
    // Addresses are relative, so that they hold under any path of a proxy.
    base: "./",
    logLevel: "warn",
    build: {
      outDir: out,
      // The name of the route that serves them.
      assetsDir: "page",
      target: "es2022",
      // Its policy lets nothing in that is not a file of the service.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      emptyOutDir: true,
    },
  });
  for (const file of readdirSync(out, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const full = path.join(file.parentPath, file.name);
    writeFileSync(`${full}.gz`, gzipSync(readFileSync(full), { level: 9 }));
    rmSync(full);
  }
}
