import { getCompileCacheDir } from "node:module";
import path from "node:path";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Config } from "../../config.ts";
import { httpThreadFile } from "../../files.ts";
import type { Listener } from "../drain.ts";
import type { News } from "../log_lines.ts";
import type { Workers } from "../workers.ts";
import type { FromThread, ToThread } from "./messages.ts";
import type { Place } from "./place.ts";
import { servePool } from "./pool_host.ts";
import type { Share, ShareMemory } from "./share.ts";

/** What an HTTP thread is started with. */
export interface ThreadData {
  readonly config: Config;
  readonly only: string | undefined;
  readonly thread: number;
  readonly memory: ShareMemory;
  /** What all threads write down of requests, as the server makes and reads it. */
  readonly tallies: unknown;
  readonly place: Place;
  /** To the pool. */
  readonly pool: MessagePort;
  /** Where Node keeps compiled code; undefined: nowhere. */
  readonly cacheFolder: string | undefined;
}

export interface ThreadsOptions {
  readonly config: Config;
  readonly only: string | undefined;
  readonly place: Place;
  readonly share: Share;
  readonly tallies: unknown;
  /** A thread has added lines to the log. */
  onLines(news: News): void;
  /** Told when a thread ends, which it never does by itself: by a fault that nobody caught. */
  onFault(error: unknown): void;
}

/** The HTTP threads beside the main one. They end with the process. */
export class HttpThreads implements Listener {
  readonly #options: ThreadsOptions;
  #threads: readonly HttpThread[] = [];
  #isClosing = false;

  constructor(options: ThreadsOptions) {
    this.#options = options;
  }

  /** Starts them, with jobs for this pool. Resolves when all listen. Rejects where one cannot. */
  async start(pool: Workers): Promise<void> {
    if (this.#isClosing) return;
    const tell = (thread: number) => this.tell(thread);
    const length = this.#options.share.threads - 1;
    this.#threads = Array.from({ length }, (_, index) => new HttpThread(this.#options, index + 1, pool, tell));
    await Promise.all(this.#threads.map((thread) => thread.heard("listening")));
  }

  /** Has a thread's budget look. */
  tell(thread: number): void {
    if (thread === 0) this.#options.share.budget.look();
    else this.#threads[thread - 1]!.send("look");
  }

  /** Lets them know that SIGHUP came. */
  passHangUp(): void {
    for (const thread of this.#threads) thread.send("SIGHUP");
  }

  /** Takes no new work. Resolves when all requests are answered. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#threads.map((thread) => thread.ask("close", "closed")));
  }

  /** Ends all connections. Resolves when that is logged. */
  async drop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.ask("drop", "dropped")));
  }
}

type Signal = "listening" | "closed" | "dropped";

class HttpThread {
  readonly #worker: Worker;
  #isListening = false;
  readonly #signals = {
    listening: Promise.withResolvers<void>(),
    closed: Promise.withResolvers<void>(),
    dropped: Promise.withResolvers<void>(),
  };

  constructor(options: ThreadsOptions, thread: number, pool: Workers, tell: (thread: number) => void) {
    const { config, only, tallies, place, share } = options;
    const { port1, port2 } = new MessageChannel();
    const cache = getCompileCacheDir();
    const cacheFolder = cache && path.dirname(cache);
    const data = { config, only, thread, memory: share.memory, tallies, place, pool: port2, cacheFolder };
    this.#worker = new Worker(httpThreadFile, { workerData: data satisfies ThreadData, transferList: [port2] });
    servePool(pool, port1);
    this.#worker.on("message", (message: FromThread) => {
      if (message.kind === "lines") options.onLines(message.news);
      else if (message.kind === "look") tell(message.thread);
      else {
        this.#isListening ||= message.kind === "listening";
        this.#signals[message.kind].resolve();
      }
    });
    this.#worker.once("error", (error) => this.#end(error, options.onFault));
    this.#worker.once("exit", (code) =>
      this.#end(new Error(`an HTTP thread exited with code ${code}`), options.onFault),
    );
  }

  send(kind: ToThread["kind"]): void {
    const message: ToThread = { kind };
    this.#worker.postMessage(message);
  }

  heard(signal: Signal): Promise<void> {
    return this.#signals[signal].promise;
  }

  ask(kind: ToThread["kind"], signal: Signal): Promise<void> {
    this.send(kind);
    return this.heard(signal);
  }

  /** Before the thread listens, whoever waits for that is told, and nobody else. */
  #end(error: unknown, onFault: (error: unknown) => void): void {
    this.#worker.removeAllListeners();
    if (this.#isListening) onFault(error);
    else this.#signals.listening.reject(error);
  }
}
