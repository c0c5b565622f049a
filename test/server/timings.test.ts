import { expect, test } from "vitest";
import { formatTimings } from "#lossd/server/http/timings.js";

test.each([
  [{}, "queue;dur=0, parse;dur=0, compute;dur=0, print;dur=0"],
  [{ queue: 1.2344 }, "queue;dur=1.234, parse;dur=0, compute;dur=0, print;dur=0"],
  [{ queue: 1, parse: 2.0006, compute: 3, print: 0.0004 }, "queue;dur=1, parse;dur=2.001, compute;dur=3, print;dur=0"],
])("the stages %o are the server-timing header %s: what was never reached took 0", (timings, header) => {
  expect(formatTimings(timings)).toBe(header);
});
