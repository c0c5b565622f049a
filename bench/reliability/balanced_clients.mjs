// Clients of two instances as behind a balancer that looks at readiness: each keeps a connection to each instance, sends
// to one that was ready when last looked at, and never repeats what it has sent.
import { setTimeout as wait } from "node:timers/promises";
import { crossEntropy, makeBatch } from "./bodies.mjs";
import { Client, makePost, says } from "./client.mjs";
import { isReady } from "./service.mjs";

const watchEveryMs = 100;
const clients = 12;
/** Between two requests of a client: its connections are then idle, as most are. */
const pauseMs = 4;
/** In place, in place, and for a worker. */
const shapes = [
  [2, 3],
  [32, 10],
  [400, 20],
];

/** Keeps looking at an instance's readiness until `stop()`; `ready` is what it said last. */
function watch(port, isOver) {
  const instance = { port, ready: true };
  const look = async () => {
    while (!isOver()) {
      instance.ready = await isReady(port, 500);
      await wait(watchEveryMs);
    }
  };
  instance.watched = look();
  return instance;
}

/** One client: `count` is told the outcome of each request, a status or a fault. */
async function ask(instances, first, isOver, count) {
  const requests = shapes.map(([rows, columns]) => makePost(crossEntropy, makeBatch(rows, columns)));
  const connections = new Map();
  for (let at = first; !isOver(); at++) {
    const ready = instances.filter((instance) => instance.ready);
    const { port } = ready[at % ready.length] ?? instances[at % instances.length];
    let client = connections.get(port);
    // A connection that has ended before anything was sent is no loss.
    if (!client?.open) client = new Client(port, { keepBodies: false });
    connections.set(port, client);
    const { status, head, fault } = await client.ask(requests[at % requests.length]);
    // Nothing was sent where nobody listened: the next one is asked.
    if (fault !== "refused") count(status ?? fault);
    if (fault || says(head, "connection", "close")) {
      client.close();
      connections.delete(port);
    }
    await wait(pauseMs);
  }
  for (const client of connections.values()) client.close();
}

/**
 * Starts the clients. `waitUntilReady(port)` resolves when the watcher has seen that instance ready; `stop()` ends all and
 * gives the number of outcomes by status and fault.
 */
export function startClients(ports) {
  let over = false;
  const isOver = () => over;
  const counts = {};
  const count = (outcome) => {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  };
  const instances = ports.map((port) => watch(port, isOver));
  const asking = Array.from({ length: clients }, (_, first) => ask(instances, first, isOver, count));
  return {
    async waitUntilReady(port) {
      const instance = instances.find((each) => each.port === port);
      while (!instance.ready) await wait(watchEveryMs / 2);
    },
    async stop() {
      over = true;
      await Promise.all([...asking, ...instances.map(({ watched }) => watched)]);
      return counts;
    },
  };
}
