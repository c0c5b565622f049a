// Notes which functions of the built code a test file reaches, in the processes and threads that it starts too.
import { appendFileSync } from "node:fs";
import path from "node:path";

// A path, because a URL of a file may have no encoded slash.
const folder = path.join(import.meta.dirname, "../../hits");
const file = path.join(folder, encodeURIComponent(process.env.MUTATIONS_TEST ?? "unnamed"));
const seen = new Set();

export function hit(key) {
  if (seen.has(key)) return;
  seen.add(key);
  try {
    appendFileSync(file, `${key}\n`);
  } catch {
    // A student's program may write nothing: the test file that started it has reached the same functions or is asked last.
  }
}
