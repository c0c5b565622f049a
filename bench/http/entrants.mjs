// Who takes part: ours, and a folder a peer under bench/peers. Each says how it is installed and started, and what it
// answers where: its entries, each with a name, a group, a wire and a path.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { folderOf, readPins } from "./install.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const MiB = 1024 * 1024;

/** The limits that the largest rows need: everything else is the default. */
export const limits = {
  BODY_BYTES_MAX: String(256 * MiB),
  QUEUE_BYTES_MAX: String(1024 * MiB),
  ELEMENTS_MAX: String(2 ** 25),
  WORKER_MEMORY_BYTES_MAX: String(2048 * MiB),
};

export const ours = {
  folder: root,
  ready: "/health/ready",
  versions: [`lossd ${JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version}`],
  /** @param {{ flags?: string[] }} [node] what Node itself is told */
  start: ([port], { flags = [] } = {}) => ({
    command: [process.execPath, ...flags, "dist/main.js", "serve"],
    environment: { ...limits, PORT: port, LOG_LEVEL: "info" },
  }),
  entries: [
    { name: "lossd", group: "ours", wire: "json", path: "/v1/losses/cross_entropy" },
    { name: "lossd", group: "ours", wire: "v2Binary", path: "/v2/models/cross_entropy/infer" },
  ],
};

/**
 * Ours and every peer that this machine can have, with the reasons of those that it cannot.
 * @param {{ install: boolean }} how without installing, only the peers that need nothing are there
 */
export async function gatherEntrants({ install }) {
  const entrants = [ours];
  const missing = [];
  for (const name of readdirSync(path.join(root, "bench/peers")).sort()) {
    const { default: peer } = await import(`../peers/${name}/peer.mjs`);
    if (peer.install && !install) continue;
    try {
      entrants.push(prepare(peer, folderOf(name)));
    } catch (error) {
      missing.push({ name: `peers/${name}`, reason: error.message });
    }
  }
  return { entrants, missing };
}

function prepare(peer, folder) {
  const { program, tool } = peer.install?.() ?? {};
  const pins = peer.pins ? readPins(readFileSync(path.join(folder, peer.pins), "utf8")) : [];
  return {
    ...peer,
    folder,
    versions: tool ? [...pins, tool] : [],
    start: (ports) => peer.start(program, ports),
  };
}
