// A copy of the built service whose workers die when they are told to: the product itself has no such switch.
import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a body holds to end its worker by an error that nobody catches, or by the end of its heap. */
export const poisons = { crash: "poison-that-throws", memory: "poison-that-takes-memory" };

/**
 * Looks at each message before the worker does: a job is somewhere in it, as bytes. Memory is taken in small objects: an
 * array that grows would end the whole process, which no service can withstand.
 */
const poisonableWorker = `import { parentPort } from "node:worker_threads";
const holds = (value, text) => {
  if (value instanceof SharedArrayBuffer || value instanceof ArrayBuffer) return Buffer.from(value).includes(text);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(text);
  return typeof value === "object" && value !== null && Object.values(value).some((part) => holds(part, text));
};
parentPort.on("message", (message) => {
  if (holds(message, "${poisons.crash}")) throw new Error("poisoned");
  if (!holds(message, "${poisons.memory}")) return;
  for (let kept; ; ) kept = { kept };
});
await import("./worker_itself.js");
`;
const deadWorker = 'throw new Error("this worker cannot start");\n';

function findWorker(folder) {
  const found = readdirSync(folder, { recursive: true }).find((name) => path.basename(name) === "worker.js");
  if (found === undefined) throw new Error(`${folder} has no worker.js`);
  return path.join(folder, found);
}

/**
 * Copies a built folder. Its workers start and can be poisoned, until `breakWorkers` makes that none starts any more.
 * @returns {{ folder: string, breakWorkers(): void, remove(): void }}
 */
export function makeSpoiledCopy(built) {
  const folder = mkdtempSync(path.join(tmpdir(), "lossd-spoiled-"));
  for (const name of ["dist", "package.json"])
    cpSync(path.join(built, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(built, "node_modules"), path.join(folder, "node_modules"));
  const worker = findWorker(path.join(folder, "dist"));
  renameSync(worker, path.join(path.dirname(worker), "worker_itself.js"));
  writeFileSync(worker, poisonableWorker);
  return {
    folder,
    breakWorkers: () => writeFileSync(worker, deadWorker),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
