import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { type Config, type Environment, loadConfig } from "#lossd/config.js";
import { buildServer } from "#lossd/server/server.js";
import type { Subset } from "#lossd/server/subset.js";
import type { ComputePool } from "#lossd/service/lifecycle.js";
import { startWorkers, type Workers } from "#lossd/service/workers.js";

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly status?: number;
  readonly [name: string]: unknown;
}

/** A listening service, with what it logs. */
export interface Service {
  readonly app: FastifyInstance;
  readonly config: Config;
  readonly port: number;
  readonly url: string;
  readonly lines: readonly LogLine[];
  /** Resolves with the first line, past or future, that fits. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>;
  stop(): Promise<void>;
}

/** Starts a service on a free port; without a pool of the test's own it gets a real one, with real workers. */
export async function startService(
  env: Environment = {},
  pool?: ComputePool | Promise<ComputePool>,
  only?: Subset,
): Promise<Service> {
  // Raw clients name any host; what names one that is not ours is a test of its own.
  const config = loadConfig({ PORT: "0", WORKERS: "1", ALLOWED_HOSTS: "*", ...env });
  const log = collectLog();
  const own: Workers | undefined = pool ? undefined : await startWorkers(config, log.logger);
  const app = await buildServer(config, pool ?? own!, log.logger, only);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const stop = async () => {
    app.server.closeAllConnections();
    await app.close();
    await own?.close(0);
  };
  return { app, config, port, url: `http://127.0.0.1:${port}`, lines: log.lines, logged: log.logged, stop };
}

function collectLog() {
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as LogLine);
      for (const look of waiting) look();
      done();
    },
  });
  const logged = (fits: (line: LogLine) => boolean) =>
    new Promise<LogLine>((resolve) => {
      const look = () => {
        const line = lines.find(fits);
        if (!line) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
      look();
    });
  return { logger: pino({ level: "trace" }, stream), lines, logged };
}

export function post(service: Service, loss: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  return fetch(`${service.url}/v1/losses/${loss}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(body as string),
  });
}

/** Posts a body that is right and cheap: the service is well if this is answered. */
export async function isWell(service: Service): Promise<boolean> {
  const response = await post(service, "mse", '{"logits":[1],"labels":[3]}');
  const { loss } = (await response.json()) as { loss: number };
  return response.status === 200 && loss === 4;
}

export interface ProblemReply {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
