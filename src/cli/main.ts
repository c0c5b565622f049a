#!/usr/bin/env node
// Small, so that Node's cache of compiled code is on before the code that it saves compiling.
import { statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import path from "node:path";

/** A folder of this user's own: what others could write there would be run. Undefined: this user has none. */
function cacheFolder(): string | undefined {
  const { NODE_COMPILE_CACHE, XDG_CACHE_HOME } = process.env;
  if (NODE_COMPILE_CACHE) return NODE_COMPILE_CACHE;
  const home = XDG_CACHE_HOME || homedir();
  if (statSync(home, { throwIfNoEntry: false })?.uid !== process.geteuid?.()) return undefined;
  return path.join(home, XDG_CACHE_HOME ? "lossd" : ".cache/lossd");
}

try {
  const folder = cacheFolder();
  // Node leaves it off where it cannot write.
  if (folder) enableCompileCache(folder);
} catch {
  // Without a home there is no cache, and all else works.
}
// No await at the top: an import that fails is reported as any other fault that nobody caught.
void import("./command.ts");
