import type { WriteStream } from "node:tty";

/** How far a command has come. */
export interface Progress {
  readonly bytes: number;
  readonly lines: number;
  readonly failed: number;
}

const barLength = 24;
const intervalMs = 100;

/** One line of progress; without the size of all there is no bar. */
export function progressLine(
  { bytes, lines, failed }: Progress,
  bytesInAll: number | undefined,
  what = "lines",
): string {
  const counts = `${lines} ${what}${failed > 0 ? `, ${failed} failed` : ""}`;
  if (!bytesInAll) return counts;
  const share = Math.min(bytes / bytesInAll, 1);
  const bar = "█".repeat(Math.floor(share * barLength)).padEnd(barLength, "░");
  return `${bar} ${Math.floor(share * 100)} %  ${counts}`;
}

/** Shows progress on a terminal until the function that it returns is called, which shows the last state. */
export function showProgress(
  terminal: Pick<WriteStream, "write">,
  look: () => Progress,
  bytesInAll: number | undefined,
  what?: string,
): () => void {
  // To the line's start, and everything behind it gone.
  const draw = (end: string) => terminal.write(`\r\x1b[K${progressLine(look(), bytesInAll, what)}${end}`);
  const timer = setInterval(() => draw(""), intervalMs);
  return () => {
    clearInterval(timer);
    draw("\n");
  };
}
