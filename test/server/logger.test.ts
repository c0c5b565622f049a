import { existsSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { createLog } from "#lossd/server/logger.js";

test.runIf(existsSync("/dev/full"))("a full disk costs lines, and neither a fault nor an endless wait", async () => {
  const { logger, flush } = createLog("info", openSync("/dev/full", "w"));
  for (let count = 0; count < 1000; count++) logger.info({ count }, "a line");
  await flush(50);
  logger.info("one more");
  await expect(flush(50)).resolves.toBeUndefined();
});
