// What runs in an HTTP thread beside the main one. Small, so that the cache of compiled code is on before the code that it
// saves compiling.
import { enableCompileCache } from "node:module";
import { workerData } from "node:worker_threads";

const { cacheFolder } = workerData as { readonly cacheFolder?: string };
if (cacheFolder) enableCompileCache(cacheFolder);
// No await at the top: what fails is a fault that nobody caught, and ends the process.
void import("./listen.ts");
