import { flushCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { listenerOf } from "../service/drain.ts";
import { createLogger } from "../service/logger.ts";
import { shareSpare } from "../service/memory/memory.ts";
import type { ThreadData } from "../service/threads/http_threads.ts";
import type { FromThread, ToThread } from "../service/threads/messages.ts";
import { RemotePool } from "../service/threads/remote_pool.ts";
import { Share } from "../service/threads/share.ts";
import { inPlaceOf } from "../service/workers.ts";
import { buildServer } from "./server.ts";
import type { Subset } from "./subset.ts";
import { Tallies, type TallyMemory } from "./tallies.ts";

const { config, only, thread, memory, tallies, place, pool: port } = workerData as ThreadData;
const send = (message: FromThread) => parentPort!.postMessage(message);
const share = new Share(config, { threads: memory.threads, thread, memory }, (other) =>
  send({ kind: "look", thread: other }),
);
shareSpare(share.threads);
const logger = createLogger(config.LOG_LEVEL, (line) => {
  const news = share.lines.append(line);
  if (news) send({ kind: "lines", news });
});
const pool = RemotePool.connect(port, share.pool, inPlaceOf(config, logger));
const own = new Tallies(memory.threads, thread, tallies as TallyMemory);
const app = await buildServer(config, pool, logger, only as Subset | undefined, share, own);
const listener = listenerOf(app);
parentPort!.on("message", async ({ kind }: ToThread) => {
  switch (kind) {
    case "look":
      share.budget.look();
      break;
    case "SIGHUP":
      process.emit("SIGHUP", "SIGHUP");
      break;
    case "close":
      app.lifecycle.startRefusing();
      await listener.close();
      send({ kind: "closed" });
      break;
    case "drop":
      await listener.drop();
      send({ kind: "dropped" });
  }
});
await app.listen(place);
send({ kind: "listening" });
flushCompileCache();
