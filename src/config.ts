import { type Static, type TSchema, Type } from "typebox";
import { countCores } from "./cores.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
/** A day: margins are added to timeouts, and a Node timer measures 24 days at most. */
const timeoutMsMax = 86_400_000;

const bytes = (megabytes: number, description: string, maximum = 2 ** 40) =>
  Type.Integer({ default: megabytes * MiB, minimum: KiB, maximum, description });
const milliseconds = (value: number, description: string, minimum = 1) =>
  Type.Integer({ default: value, minimum, maximum: timeoutMsMax, description });
const count = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: value, minimum, maximum, description });
/** A list with commas; `item` is what one of them may be, `standard` what the table shows in place of an empty default. */
const list = (item: RegExp, allowed: string, standard: string, description: string) =>
  Type.String({ default: "", pattern: `^(?:${item.source})(?:,(?:${item.source}))*$`, allowed, standard, description });

/** Every variable that changes the service: its default, its bounds and what it means. */
export const configSchema = Type.Object({
  PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: "The port; 0 takes a free one." }),
  METRICS_PORT: Type.Integer({
    standard: "PORT",
    default: 0,
    minimum: 0,
    maximum: 65535,
    description: "A port that answers /metrics alone, which PORT then does not; 0: there is none.",
  }),
  HOST: Type.String({ default: "127.0.0.1", minLength: 1, description: "The address to listen at." }),
  ALLOWED_HOSTS: list(
    /\*|(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d+)?/,
    "names with commas, each with a port or for any, or *",
    "localhost names if HOST is one, else *",
    "The names in a request's Host header that are answered; others get 421. Health is always answered.",
  ),
  CORS_ORIGINS: list(
    /https?:\/\/(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d+)?/,
    "origins with commas, such as https://example.org:8443",
    "none",
    "Origins whose pages may ask and read replies; pages of others get 403 where something is computed.",
  ),
  API_KEYS_FILE: Type.String({
    default: "",
    allowed: "a path",
    standard: "none",
    description: "API keys, as `lossd key` writes them: without one nothing is computed. Read anew when it changes.",
  }),
  TRUST_PROXY: list(
    /[\da-fA-F.:]+(?:\/\d{1,3})?/,
    "addresses and networks with commas, such as 10.0.0.0/8",
    "none",
    "Proxies whose X-Forwarded-For says who asks: in the log, and where wrong keys are slowed down.",
  ),
  PAGE: Type.Enum(["on", "off"], { default: "on", description: "The page at /; off: / leads to /docs." }),
  WORKERS: Type.Integer({
    // The number of cores differs between machines, and the documentation must not.
    standard: "cores",
    default: countCores(),
    minimum: 1,
    maximum: 1024,
    description: "Worker threads: the cores, by the container's quota too.",
  }),
  HTTP_THREADS: Type.Integer({
    standard: "cores, at most 4",
    default: Math.min(countCores(), 4),
    minimum: 1,
    maximum: 64,
    description: "Threads that take requests, of 50 MB each. Few connections may all meet one thread.",
  }),
  LOG_LEVEL: Type.Enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
    default: "info",
    description: "The least level that is logged.",
  }),
  BODY_BYTES_MAX: bytes(
    64,
    "The largest request body, as it is sent and decompressed; in a stream, the longest line.",
    2 ** 32,
  ),
  REPLY_BYTES_MAX: bytes(192, "The longest reply to a computation; in a stream, to one line.", 2 ** 32),
  COMPRESS_REPLIES: Type.Enum(["off", "on"], {
    default: "off",
    description: "on: v1's replies from 1 KiB on are sent by gzip to clients that accept it, but for streams.",
  }),
  ELEMENTS_MAX: count(2 ** 24, 1, 2 ** 27, "The most numbers in one request."),
  GRADING_ELEMENTS_MAX: count(
    2 ** 18,
    1,
    2 ** 27,
    "The most values in one request of grading, keys and lists among them; of logits that are drawn for cases, a fiftieth.",
  ),
  INLINE_ELEMENTS_MAX: count(
    512,
    0,
    4096,
    "Requests of at most so many numbers, of 20 bytes of JSON each, are computed without a worker; 0: none.",
  ),
  CUT_BYTES_MIN: Type.Integer({
    default: 4 * MiB,
    minimum: KiB,
    maximum: 2 ** 40,
    description: "Bodies from this size are cut by rows over workers that are idle, into parts of half of it or more.",
  }),
  QUEUE_LENGTH_MAX: count(256, 0, 1e6, "Requests that wait while every worker is busy."),
  QUEUE_BYTES_MAX: bytes(
    256,
    "Bytes of bodies and replies in memory: a body counts as it arrives, with what its reply may take. What finds no room waits.",
  ),
  QUEUE_WAIT_MS_MAX: milliseconds(10_000, "The longest time that a body waits for room in memory."),
  CONNECTIONS_MAX: count(4096, 1, 1e6, "Connections at one time; a further one is closed."),
  REQUEST_TIMEOUT_MS: milliseconds(
    55_000,
    "From a request's headers to its answer; in a stream, from a line to its answer.",
  ),
  IDLE_TIMEOUT_MS: milliseconds(30_000, "The longest silence while a body arrives or a reply is read, or in a stream."),
  RATE_BYTES_MIN: count(
    8192,
    0,
    2 ** 30,
    "Bytes a second that a body must bring, and a reader take, on average over IDLE_TIMEOUT_MS.",
  ),
  HEADERS_TIMEOUT_MS: milliseconds(10_000, "The longest time that a request's headers may take."),
  KEEP_ALIVE_TIMEOUT_MS: milliseconds(72_000, "How long an idle connection stays open: longer than the balancer's."),
  DRAIN_DELAY_MS: milliseconds(1000, "Serving on after SIGTERM, not ready, until balancers have looked.", 0),
  DRAIN_TIMEOUT_MS: milliseconds(25_000, "The longest time that work in flight may take after that."),
  STREAM_BUFFER_BYTES_MAX: bytes(8, "A stream's lines at work and unread replies, beyond which no more is read."),
  OVERLOAD_STATUS: Type.Union([Type.Literal(429), Type.Literal(503)], {
    default: 429,
    description: "The status of a reply to a request that finds the queue full.",
  }),
  WORKER_MEMORY_BYTES_MAX: bytes(256, "A worker that holds on to more is replaced when idle."),
  WORKER_HEAP_MB_MAX: Type.Integer({
    default: 1024,
    minimum: 64,
    maximum: 65_536,
    description:
      "Megabytes of JavaScript's heap beyond which a worker ends, and its request with it; tensors lie elsewhere.",
  }),
  WORKER_GRACE_MS: milliseconds(1000, "How long a worker may go on with a request whose deadline has passed.", 0),
});

export type Config = Readonly<Static<typeof configSchema>>;
export type Environment = Readonly<Record<string, string | undefined>>;

interface Rules {
  readonly type?: string;
  readonly default: string | number;
  readonly description: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly { readonly const: number }[];
  readonly pattern?: string;
  /** What the pattern allows, in words. */
  readonly allowed?: string;
  /** The default in words. */
  readonly standard?: string;
}

/** The message lists every variable that is wrong, with its value and its bound. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly faults: readonly string[]) {
    super(`the configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}

/** The configuration in force; throws a ConfigError. An empty variable counts as absent, as in a compose file. */
export function loadConfig(env: Environment = process.env): Config {
  const faults: string[] = [];
  const values = Object.entries(variables()).map(([name, rules]) => {
    const text = env[name];
    if (text === undefined || text === "") return [name, rules.default];
    const value = read(text, rules);
    if (value === undefined) faults.push(`${name}=${JSON.stringify(text)}: must be ${bound(rules)}`);
    return [name, value ?? rules.default];
  });
  const config = Object.fromEntries(values) as Config;
  if (faults.length === 0) faults.push(...contradictions(config));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config);
}

export interface Variable {
  readonly name: keyof Config;
  readonly value: string | number;
  readonly default: string;
  readonly bound: string;
  readonly description: string;
}

/** One row per variable, for `lossd config` and the table of docs/operating.md. */
export function describeConfig(config: Config): readonly Variable[] {
  return Object.entries(variables()).map(([key, rules]) => {
    const name = key as keyof Config;
    const standard = rules.standard ?? String(rules.default);
    return { name, value: config[name], default: standard, bound: bound(rules), description: rules.description };
  });
}

function variables(): Record<string, Rules> {
  return configSchema.properties as Record<string, TSchema> as Record<string, TSchema & Rules>;
}

function read(text: string, rules: Rules): string | number | undefined {
  if (rules.enum) return rules.enum.includes(text) ? text : undefined;
  if (rules.type === "string") return new RegExp(rules.pattern ?? "").test(text) ? text : undefined;
  // Number() alone would also take "", "0x10", "1e3" and spaces.
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  if (rules.anyOf) return rules.anyOf.some((option) => option.const === value) ? value : undefined;
  return value >= (rules.minimum ?? 0) && value <= (rules.maximum ?? Number.MAX_SAFE_INTEGER) ? value : undefined;
}

function bound({ type, minimum, maximum, enum: words, anyOf, allowed = "a text" }: Rules): string {
  if (words) return `one of ${words.join(", ")}`;
  if (anyOf) return anyOf.map((option) => option.const).join(" or ");
  if (type === "string") return allowed;
  return maximum === undefined
    ? `a whole number of at least ${minimum}`
    : `a whole number from ${minimum} to ${maximum}`;
}

function contradictions(config: Config): string[] {
  const faults: string[] = [];
  const expectAtMost = (low: keyof Config, high: keyof Config) => {
    if (config[low] > config[high]) faults.push(`${low}=${config[low]} is more than ${high}=${config[high]}`);
  };
  expectAtMost("BODY_BYTES_MAX", "QUEUE_BYTES_MAX");
  expectAtMost("STREAM_BUFFER_BYTES_MAX", "QUEUE_BYTES_MAX");
  expectAtMost("HEADERS_TIMEOUT_MS", "REQUEST_TIMEOUT_MS");
  if (config.METRICS_PORT !== 0 && config.METRICS_PORT === config.PORT)
    faults.push(`METRICS_PORT is PORT=${config.PORT}`);
  return faults;
}
