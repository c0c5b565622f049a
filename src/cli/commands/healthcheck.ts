import { Command } from "commander";
import { configuration } from "../configuration.ts";
import { Failure } from "../failure.ts";

const timeoutMs = 3000;
const unhealthy = 1;

export const healthcheck = new Command("healthcheck")
  .description("ask the service at PORT whether it is ready: exit code 0 or 1 (for a container)")
  .action(async () => {
    const { HOST, PORT } = configuration();
    const address = `http://${localHost(HOST)}:${PORT}/health/ready`;
    const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: Error) => {
      throw new Failure(unhealthy, `${address} does not answer: ${error.message}`);
    });
    if (!response.ok) throw new Failure(unhealthy, `${address} answers ${response.status}: ${await response.text()}`);
  });

/** An address that means "all of this machine's" to a server is none for a client. */
function localHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
