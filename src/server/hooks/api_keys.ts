import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "../../problems.ts";
import { addressOf } from "../http/caller.ts";
import { Failures } from "../keys/failures.ts";
import type { KeyRing } from "../keys/key_ring.ts";
import type { Meter } from "../keys/quotas.ts";

/** A stream's lines are paid for so often. */
const payEveryMs = 1000;

/** With API_KEYS_FILE, lets in only who shows a key for the route's scope that has not used up its quota. */
export function checkKeys(app: FastifyInstance, keys: KeyRing | undefined): void {
  if (!keys) return;
  const failures = new Failures();
  const stop = keys.watch();
  app.addHook("onClose", async () => stop());
  app.addHook("onRequest", (request, reply, done) => {
    const { scope } = request.routeOptions.config.kind ?? {};
    // Whatever is not there is so for everybody.
    if (scope === undefined) return done();
    const token = tokenOf(request.headers);
    const key = token === undefined ? undefined : keys.find(token);
    if (!key) return failures.note(addressOf(request), () => done(unauthorized(token)));
    request.record.key = key;
    if (!key.scopes.has(scope)) return done(new Problem("wrong_scope", `this takes a key with the scope ${scope}`));
    const waitSeconds = key.meter?.waitSeconds() ?? 0;
    if (waitSeconds > 0) {
      request.record.retryAfterSeconds = waitSeconds;
      return done(usedUp());
    }
    if (key.meter) spend(request, reply, key.meter);
    done();
  });
}

/** The key that a request shows: `Authorization: Bearer` before `X-API-Key`. */
function tokenOf({ authorization, "x-api-key": plain }: IncomingHttpHeaders): string | undefined {
  if (authorization !== undefined) return /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? "";
  return typeof plain === "string" ? plain : undefined;
}

function unauthorized(token: string | undefined): Problem {
  const what = token === undefined ? "the request has no API key" : "the request's API key is not known here";
  return new Problem("unauthorized", `${what}: send it as Authorization: Bearer, or as X-API-Key`);
}

/** A request is paid for when it ends, a stream as it goes: nobody knows before what they take. */
function spend({ record }: FastifyRequest, reply: FastifyReply, meter: Meter): void {
  let paidSeconds = 0;
  let paidBytes = 0;
  const pay = () => {
    const { timings, stream, bytes } = record;
    const { parse = 0, compute = 0, print = 0 } = stream?.timings ?? timings;
    const seconds = (parse + compute + print) / 1000;
    const received = stream?.received ?? bytes;
    meter.spend(seconds - paidSeconds, received - paidBytes);
    paidSeconds = seconds;
    paidBytes = received;
  };
  const timer = setInterval(() => {
    if (!record.stream) return;
    pay();
    if (meter.waitSeconds() > 0) record.stream.stop(usedUp());
  }, payEveryMs).unref();
  reply.raw.once("close", () => {
    clearInterval(timer);
    pay();
  });
}

function usedUp(): Problem {
  return new Problem("quota_exceeded", "the key has used what it may in a minute");
}
