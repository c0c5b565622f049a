/** Where the reader is: a page, and what is set on it. All of it stands in the URL, so that a link shows the same. */
export interface Address {
  readonly page: string;
  readonly settings: URLSearchParams;
}

/** `#/explore?loss=focal` is the page "explore". It is behind #, so that it holds under any path of a proxy. */
export function readAddress(): Address {
  const [page = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { page, settings: new URLSearchParams(query) };
}

/** Writes settings into the URL without a new entry in the history: Back leaves the page, it does not undo a slider. */
export function writeSettings(page: string, settings: URLSearchParams): void {
  const query = settings.toString().replace(/%2C|%3A|%3B/g, decodeURIComponent);
  history.replaceState(null, "", `#/${page}${query === "" ? "" : `?${query}`}`);
}

/** A number of the URL, or `otherwise` where there is none that is one. */
export function numberIn(settings: URLSearchParams, name: string, otherwise: number): number {
  const text = settings.get(name);
  const value = Number(text);
  return text === null || text.trim() === "" || !Number.isFinite(value) ? otherwise : value;
}
