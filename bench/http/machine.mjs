import os from "node:os";

/** The processor, the kernel and the Node of this run, and how busy the machine was. */
export function describeMachine() {
  const [processor] = os.cpus();
  const load = os.loadavg().map((value) => value.toFixed(1));
  return `${processor?.model}, ${os.cpus().length} cores, ${os.type()} ${os.release()}, Node ${process.version}, load ${load.join(" ")}`;
}
