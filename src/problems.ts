/**
 * Every way a request can fail, in one table: code → status and title (RFC 9457).
 * Adding a code is one line here; the OpenAPI document and the tests read this table.
 */
export const problems = {
  invalid_json: { status: 400, title: "The body is not valid JSON" },
  invalid_utf8: { status: 400, title: "The body is not valid UTF-8" },
  too_deep: { status: 400, title: "The body is nested too deep" },
  duplicate_key: { status: 400, title: "The body repeats a key" },
  invalid_encoding: { status: 400, title: "The body cannot be decompressed" },
  bad_request: { status: 400, title: "The request is not valid HTTP" },
  unauthorized: { status: 401, title: "The request has no API key that is known" },
  wrong_scope: { status: 403, title: "The API key is not for this" },
  foreign_origin: { status: 403, title: "Pages of other origins may not ask this" },
  not_found: { status: 404, title: "There is nothing here" },
  unknown_loss: { status: 404, title: "There is no such loss" },
  method_not_allowed: { status: 405, title: "This method is not allowed here" },
  not_acceptable: { status: 406, title: "The reply has no such media type" },
  request_timeout: { status: 408, title: "The request did not arrive in time" },
  reader_stalled: { status: 408, title: "The reply was not read" },
  body_too_large: { status: 413, title: "The body is too large" },
  too_many_elements: { status: 413, title: "The body holds too many numbers" },
  reply_too_large: { status: 413, title: "The reply would be too large" },
  unsupported_media_type: { status: 415, title: "The body has an unsupported media type" },
  unknown_host: { status: 421, title: "The service does not answer to this host" },
  invalid_request: { status: 422, title: "The request is not allowed" },
  queue_full: { status: 429, title: "The queue is full" },
  quota_exceeded: { status: 429, title: "The API key's quota is used up" },
  headers_too_large: { status: 431, title: "The headers are too large" },
  internal: { status: 500, title: "This is our fault" },
  worker_crashed: { status: 500, title: "The computation ended its worker twice" },
  starting: { status: 503, title: "The service is starting" },
  draining: { status: 503, title: "The service is stopping" },
  deadline_exceeded: { status: 504, title: "The request's deadline passed" },
} as const;

export type ProblemCode = keyof typeof problems;

/** One fault inside a body: a JSON Pointer (RFC 6901) and what is wrong there. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** What crosses a thread boundary: an Error would arrive there without its code. */
export interface ProblemData {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly Fault[];
}

/** A reply lists at most this many faults. */
export const faultsMax = 10;

/** A failure that is the caller's to see: field, value and bound are in `detail` and `errors`. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly errors: readonly Fault[] = [],
  ) {
    super(`${code}: ${detail}`);
  }

  static from(data: ProblemData): Problem {
    return new Problem(data.code, data.detail, data.errors);
  }

  /** A 422 (or another code) whose detail is its first fault. */
  static of(faults: readonly Fault[], code: ProblemCode = "invalid_request"): Problem {
    const first = faults[0];
    const where = first?.pointer ? `${first.pointer}: ` : "";
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
    return new Problem(code, `${where}${first?.detail ?? ""}${more}`, faults.slice(0, faultsMax));
  }

  /** The same with other pointers: `place` turns each into the caller's. Faults that are then equal become one. */
  repointed(place: (pointer: string) => string): Problem {
    if (this.errors.length === 0) return this;
    const faults = new Map<string, Fault>();
    for (const fault of this.errors) {
      const pointer = place(fault.pointer);
      faults.set(pointer + fault.detail, { pointer, detail: fault.detail });
    }
    return Problem.of([...faults.values()], this.code);
  }

  get status(): number {
    return problems[this.code].status;
  }

  get data(): ProblemData {
    return { code: this.code, detail: this.detail, errors: this.errors };
  }
}

/** Runs a step whose faults point into what it was given: `place` turns each pointer into one into the caller's body. */
export function repointing<T>(place: (pointer: string) => string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof Problem ? error.repointed(place) : error;
  }
}

/** Turns a pointer into the value at `place` into one into the whole body. */
export function within(place: string): (pointer: string) => string {
  return (pointer) => `${place}${pointer}`;
}

/** A fault of the value at `place`, as one of the whole body. */
export function faultIn(place: string, { pointer, detail }: Fault): Fault {
  return { pointer: `${place}${pointer}`, detail };
}

/** The members of a problem's document (RFC 9457), those of one reply or line aside. */
export function problemMembers({ code, detail, errors }: ProblemData, status: number = problems[code].status) {
  return {
    type: `/problems/${code}`,
    title: problems[code].title,
    status,
    detail,
    code,
    ...(errors.length > 0 && { errors }),
  };
}

/** Longer arrays are not shown. */
const shownMax = 8;

/** A value as an error message shows it: short, and without echoing a whole body. */
export function show(value: unknown): string {
  if (value instanceof Map) return "an object";
  if (Array.isArray(value)) {
    const isShort = value.length <= shownMax && value.every((item) => item === null || typeof item !== "object");
    return isShort
      ? `[${value.map((item) => (typeof item === "string" ? quoted(item) : String(item))).join(", ")}]`
      : "an array";
  }
  if (typeof value !== "string") return String(value);
  return `the string ${quoted(value)}`;
}

/** A text in quotes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
