// Stops while two instances serve: nothing that was sent is to be lost, with the defaults.
import { setTimeout as wait } from "node:timers/promises";
import { startClients } from "./balanced_clients.mjs";
import { always, atLeast, atMost } from "./promises.mjs";
import { startService, stopService } from "./service.mjs";

const never = Number.POSITIVE_INFINITY;

/** Stops each instance in turn and starts it anew; seconds of the longest stop. */
async function rollOver(folder, services, clients, { stops, pauseMs }) {
  let longest = 0;
  for (let at = 0; at < stops; at++) {
    const service = services[at % services.length];
    const { seconds, code } = await stopService(service);
    longest = Math.max(longest, code === 0 ? seconds : never);
    services[at % services.length] = await startService({ folder, port: service.port });
    await clients.waitUntilReady(service.port);
    await wait(pauseMs);
  }
  return longest;
}

export function checkStops({ quick }) {
  const effort = quick ? { stops: 2, pauseMs: 300, least: 1000 } : { stops: 10, pauseMs: 1000, least: 20_000 };
  return {
    title: "Stops under load",
    how:
      `Two instances with the defaults, ${effort.stops} times SIGTERM to one of them and a new start. 12 clients with a keep-alive connection to ` +
      "each ask 2×3, 32×10 and 400×20 in turn, of an instance that said it was ready when asked last, which is each 100 ms. " +
      "Nothing that was sent is sent again: lost is a reset, an end without a whole reply, or a 503.",
    figures: {
      lost: { what: "requests lost", promise: always(0) },
      other: { what: "answered otherwise than by 200", promise: always(0) },
      asked: { what: "requests", promise: atLeast(effort.least) },
      longest: { what: "SIGTERM to exit code 0, the longest, s", promise: atMost(25) },
    },
    async measure({ start, folder }) {
      const services = [await start({}), await start({})];
      const clients = startClients(services.map(({ port }) => port));
      await wait(effort.pauseMs);
      const longest = await rollOver(folder, services, clients, effort);
      const counts = await clients.stop();
      const sum = (outcomes) => outcomes.reduce((total, outcome) => total + (counts[outcome] ?? 0), 0);
      const asked = sum(Object.keys(counts));
      const lost = sum(["reset", "eof", "timeout", "503"]);
      return { lost, other: asked - lost - sum(["200"]), asked, longest };
    },
  };
}
