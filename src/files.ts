import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * What lossd reads beside its code, in one place: a bundle of the code lies in this file's own folder, so these paths hold
 * there as well.
 */
const at = (path: string) => new URL(path, import.meta.url);

/** The engine's WebAssembly. */
export const readEngine = () => readFileSync(at("./engine.wasm"));
/** The text of package.json. */
export const readManifest = () => readFileSync(at("../package.json"), "utf8");
/** What a worker thread runs. */
export const workerFile = at("./worker.js");
/** What an HTTP thread beside the main one runs. */
export const httpThreadFile = at("./http_thread.js");
/** What the lossd command runs. */
export const commandFile = fileURLToPath(at("./main.js"));
/** A file of the page under /docs: the build compresses them by gzip into this folder. */
export const readPageFile = (name: string) => readFileSync(at(`./docs_page/${name}.gz`));
/** The page at `/`, as the build leaves it: its files, compressed by gzip. */
export const pageFolder = fileURLToPath(at("./page"));
