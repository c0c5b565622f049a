// What users of other libraries reported, and what random requests found: right numbers, or a message that ends the search.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { answer } from "#lossd/service/formats.js";
import { ask, flat, type Numbers, type Reply, type Request } from "../harness/ask.js";
import { unitsApart } from "../harness/ulp.js";

type Wanted = Partial<Record<"loss" | "gradients", Numbers>>;

interface Reported {
  readonly source: string;
  readonly loss: string;
  /** As text where JSON.stringify() would not write it so. */
  readonly body: Request | string;
  readonly reply?: Wanted;
  /** Of a request that is refused. */
  readonly code?: string;
  readonly says?: string;
  /** What the message leads to, and what that gives. */
  readonly instead?: { readonly loss: string; readonly body: Request; readonly reply: Wanted };
}

const reported = JSON.parse(readFileSync(new URL("reported.json", import.meta.url), "utf8")) as Reported[];
const titled = reported.map((one) => ({ ...one, title: `${one.source}: ${JSON.stringify(one.body).slice(0, 80)}` }));

function expectNumbers(reply: Reply, wanted: Wanted): void {
  for (const [name, numbers] of Object.entries(wanted)) {
    const [got, want] = [flat(reply[name as keyof Wanted]), flat(numbers)];
    expect(got).toHaveLength(want.length);
    want.forEach((number, i) => {
      expect(unitsApart(got[i]!, number), `${name}: ${got[i]} for ${number}`).toBeLessThanOrEqual(6);
    });
  }
}

describe("is answered right", () => {
  test.each(titled.filter(({ reply }) => reply))("$title", ({ loss, body, reply }) => {
    expectNumbers(ask(loss, body as Request), reply!);
  });
});

describe("is refused with what to send", () => {
  test.each(titled.filter(({ code }) => code))("$title", ({ loss, body, code, says, instead }) => {
    const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
    const result = answer({ format: "json", loss, body: bytes, elementsMax: 1e8 });
    const problem = result.ok ? undefined : result.problem;
    expect([problem?.code, problem?.detail]).toEqual([code, expect.stringContaining(says!)]);
    if (instead) expectNumbers(ask(instead.loss, instead.body), instead.reply);
  });
});
