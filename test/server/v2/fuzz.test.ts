// Requests of the Open Inference Protocol that are nearly right: whatever length a header claims, whatever size a tensor
// says and wherever a body is cut, the answer is a number or one clear error, and the next request is answered.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answer } from "#lossd/service/formats.js";
import { type Service, startService } from "../../harness/service.js";
import { type Input, type Message, message, readReply } from "../../harness/v2.js";
import {
  errorOf,
  isWell,
  knownLoss,
  labels,
  lengthHeader,
  logits,
  lossOf,
  read,
  send,
} from "../../harness/v2_client.js";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** One time of six: a request has a few faults, or none. */
const rarely = <T>(fault: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fault });

const size = fc.oneof(
  fc.integer({ min: -2, max: 64 }),
  fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 31), 1e300, 0.5, "24", null, true),
);

/** An input whose size, shape or place is another than it says; or none of that. */
const input = (base: Input): fc.Arbitrary<Input> =>
  fc
    .record({
      binary: fc.boolean(),
      shape: rarely(fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 3 })),
      claims: rarely(size),
    })
    .map(({ binary, shape, claims }) => ({
      ...base,
      binary,
      ...(shape && { shape }),
      ...(claims !== undefined && { parameters: { binary_data_size: claims } }),
    }));

/** What of the body is sent, and what the header claims of it. */
const sent = fc
  .record({
    inputs: fc.tuple(input(logits), input(labels)),
    cut: rarely(fc.double({ min: 0, max: 1, noNaN: true })),
    flip: rarely(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255))),
    claims: rarely(fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constantFrom(2 ** 31, 1e14))),
  })
  .map(({ inputs, cut, flip, claims }): Message => {
    const made = message({ inputs });
    const body = Buffer.from(made.body.subarray(0, cut === undefined ? undefined : Math.floor(cut * made.body.length)));
    if (flip && body.length > 0) body[Math.floor(flip[0] * (body.length - 1))]! ^= flip[1];
    return { body, jsonLength: claims ?? made.jsonLength };
  });

test("a worker answers or refuses, and never fails", () => {
  const codes = new Set<string>();
  fc.assert(
    fc.property(sent, ({ body, jsonLength }) => {
      const job = { loss: "cross_entropy", format: "v2", body, elementsMax: 20 } as const;
      const result = answer({ ...job, ...(jsonLength && { jsonLength }) });
      codes.add(result.ok ? "ok" : result.problem.code);
      if (result.ok) readReply(Buffer.concat(result.reply), result.jsonLength);
      else expect(result.problem.detail).toMatch(/\S/);
    }),
    { numRuns: 5000 },
  );
  // The requests are wrong in many ways, and not all of them are wrong.
  expect([...codes]).toEqual(expect.arrayContaining(["ok", "invalid_request", "invalid_json", "too_many_elements"]));
});

test("the service does so over HTTP, and the next request has its right number", async () => {
  await fc.assert(
    fc.asyncProperty(sent, async ({ body, jsonLength }) => {
      const reply = await send(service, body, jsonLength === undefined ? {} : { [lengthHeader]: String(jsonLength) });
      expect([200, 400, 413]).toContain(reply.status);
      if (reply.status === 200) read(reply);
      else expect(errorOf(reply)).toMatch(/\S/);
      expect(await isWell(service)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test.each(["+12", " 12 x", "0x10", "1e2", "12,12", "９", "99999999999999999999", ""])(
  "the length %j is a 400 before the body is read",
  async (claims) => {
    const made = message({ inputs: [logits, { ...labels, binary: true }] });
    const reply = await send(service, made.body, { [lengthHeader]: encodeURI(claims) });
    expect([reply.status, errorOf(reply)]).toEqual([400, expect.stringMatching(/^Inference-Header-Content-Length is/)]);
    expect(lossOf(read(await send(service, message({ inputs: [logits, labels] }).body)))).toBe(knownLoss);
  },
);
