import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

/** Where to listen. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** Whether several threads listen there, and the system spreads connections over them. */
  readonly reusePort: boolean;
}

/**
 * Finds out whether several threads can listen at one place, and takes a free port where it is 0. Rejects where another
 * process listens: threads by themselves would share the port with it, and nobody would be told.
 */
export async function findSharedPlace(host: string, port: number): Promise<Place> {
  const alone = await listen({ host, port, reusePort: false });
  const place = { host, port: (alone.address() as AddressInfo).port, reusePort: true };
  await close(alone);
  // Tried and not looked up: what the system, its version and Node's say of it differs.
  const first = await listen(place).catch(() => undefined);
  const second = await listen(place).catch(() => undefined);
  for (const server of [first, second]) if (server) await close(server);
  return { ...place, reusePort: second !== undefined };
}

async function listen(place: Place): Promise<Server> {
  const server = createServer().listen(place);
  await once(server, "listening");
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
