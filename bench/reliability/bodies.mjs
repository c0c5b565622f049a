/** `{"logits": …, "labels": …}` of so many rows and columns, each logit with some 17 digits: 19 bytes a number. */
export function makeBatch(rows, columns, more = {}) {
  const row = (at) => Array.from({ length: columns }, (_, c) => Math.sin(at * columns + c) * 9);
  const logits = Array.from({ length: rows }, (_, at) => row(at));
  return Buffer.from(JSON.stringify({ logits, labels: logits.map((_, at) => at % columns), ...more }));
}

export const crossEntropy = "/v1/losses/cross_entropy";

/** What most requests are: 6 kB, computed where they arrive. */
export const small = () => makeBatch(32, 10);
/** 400 kB: below the share of memory that is kept for bodies up to 1 MiB. */
export const middle = () => makeBatch(215, 100);
/** 1.9 MB: for a worker. */
export const large = () => makeBatch(1024, 100);
