import { askForKey, keyHeader } from "./key.ts";
import { showWaiting } from "./status.ts";

/** What the service says of a request that it does not answer (RFC 9457). */
export interface Fault {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** The service answered, and not with what was asked for. */
export class Refusal extends Error {
  constructor(readonly fault: Fault) {
    super(fault.detail || fault.title);
  }
}

/** Nothing answered. */
export class Unreachable extends Error {}

/** A wait was given up, because something later is to be asked. */
export class Overtaken extends Error {}

/** Asks with GET; `path` is below the page, so that it holds under any path of a proxy. */
export function get<Reply>(path: string, signal?: AbortSignal): Promise<Reply> {
  return ask(path, {}, signal);
}

/** Asks with a body of JSON. */
export function post<Reply>(path: string, body: object, signal?: AbortSignal): Promise<Reply> {
  const headers = { "content-type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) }, signal);
}

/**
 * Asks until there is an answer: a busy service (429, 503) is asked again after the time that it names, and the page says
 * that it waits; without a key where one is needed (401) the reader is asked for it. Throws a Refusal, Unreachable, or Overtaken where the signal ends a wait; a request at work is let finish.
 */
async function ask<Reply>(path: string, init: RequestInit, signal?: AbortSignal): Promise<Reply> {
  try {
    for (;;) {
      const response = await fetched(path, init);
      if (response.ok) return (await response.json()) as Reply;
      if (response.status === 401) {
        await askForKey((await faultOf(response)).detail);
        continue;
      }
      if (response.status !== 429 && response.status !== 503) throw new Refusal(await faultOf(response));
      showWaiting(true);
      await pause(Number(response.headers.get("retry-after") ?? 1) * 1000, signal);
    }
  } finally {
    showWaiting(false);
  }
}

async function fetched(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, headers: { ...init.headers, ...keyHeader() } });
  } catch (cause) {
    throw new Unreachable("nothing answered", { cause });
  }
}

async function faultOf(response: Response): Promise<Fault> {
  const { status, statusText } = response;
  const body = (await response.json().catch(() => ({}))) as Partial<Fault>;
  return { title: statusText, detail: "", ...body, status };
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      reject(new Overtaken());
    };
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
