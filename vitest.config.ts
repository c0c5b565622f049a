import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Vitest leaves one processor to itself: of two, half would wait.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The build output is what ships: it is loaded as it is, workers and all.
    server: { deps: { external: [/\/dist\//] } },
  },
});
