import { zipSync } from "fflate";
import type { StarterFile } from "./files.ts";

/** Zip knows no time before this one, and a time of today would make other bytes each day. */
const mtime = new Date(1980, 0, 1);
/** Files made on Unix carry their mode in the upper half of the attributes. */
const unix = 3;

/** The files of a folder at the top of a zip: the same files give the same bytes. */
export function zipOf(files: readonly StarterFile[], folder: string): Uint8Array {
  const inside = files.filter(({ path }) => path.startsWith(`${folder}/`));
  return zipSync(
    Object.fromEntries(
      inside.map(({ path, bytes, executable }) => [
        path.slice(folder.length + 1),
        [bytes, { mtime, os: unix, attrs: (0o100000 | (executable ? 0o755 : 0o644)) << 16 }],
      ]),
    ),
  );
}
