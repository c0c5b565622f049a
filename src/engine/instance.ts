import { Engine } from "./engine.ts";

let loaded: Engine | undefined;

/** This thread's engine: compiled with the first call. */
export function engine(): Engine {
  loaded ??= Engine.load();
  return loaded;
}

/** Drops this thread's engine: after a fault that nobody foresaw, its memory cannot be trusted. */
export function dropEngine(): void {
  loaded = undefined;
}
