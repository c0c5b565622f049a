import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { RawClient } from "../harness/raw_client.js";
import { start } from "./lossd.js";

export interface Line {
  readonly msg: string;
  readonly [name: string]: unknown;
}

/** A running `lossd serve`, read line by line. */
export class Served {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  port = 0;

  constructor(env: Record<string, string> = {}, options: readonly string[] = []) {
    this.#child = start(["serve", ...options], { PORT: "0", WORKERS: "1", ...env });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => this.#child.on("close", resolve));
  }

  /** The next line whose message fits, past the others. */
  async line(fits: RegExp): Promise<Line> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`the service ended without a line like ${fits}`);
      const line = JSON.parse(value) as Line;
      if (fits.test(line.msg)) return line;
    }
  }

  async ready(): Promise<RawClient> {
    await this.listening();
    return RawClient.connect(this.port);
  }

  async listening(): Promise<void> {
    const { msg } = await this.line(/ is ready at /);
    this.port = Number(
      /^lossd \d+\.\d+\.\d+ is ready at http:\/\/127\.0\.0\.1:(\d+) \(docs at .*\/docs\)$/.exec(msg)?.[1],
    );
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
