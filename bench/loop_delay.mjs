// Loaded into the service by `node --import`: when the process ends, it says how late its event loop was.
import { monitorEventLoopDelay } from "node:perf_hooks";

const delay = monitorEventLoopDelay({ resolution: 1 });
// The start compiles and loads: what counts is what comes after.
setTimeout(() => {
  delay.enable();
  delay.reset();
}, 1000).unref();
process.on("exit", () => {
  const ms = (nanoseconds) => Number((nanoseconds / 1e6).toFixed(1));
  const figures = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
  process.stderr.write(`${JSON.stringify(figures)}\n`);
});
