import { expect, test } from "vitest";
import { ConfigError, describeConfig, loadConfig } from "#lossd/config.js";

const MiB = 1024 * 1024;

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("an empty environment gives the defaults", () => {
  const { WORKERS, HTTP_THREADS, ...config } = loadConfig({});
  expect(WORKERS).toBeGreaterThanOrEqual(1);
  expect(HTTP_THREADS).toBe(Math.min(WORKERS, 4));
  expect(config).toEqual({
    PORT: 8080,
    METRICS_PORT: 0,
    HOST: "127.0.0.1",
    ALLOWED_HOSTS: "",
    CORS_ORIGINS: "",
    API_KEYS_FILE: "",
    TRUST_PROXY: "",
    PAGE: "on",
    LOG_LEVEL: "info",
    BODY_BYTES_MAX: 64 * MiB,
    REPLY_BYTES_MAX: 192 * MiB,
    COMPRESS_REPLIES: "off",
    ELEMENTS_MAX: 16_777_216,
    GRADING_ELEMENTS_MAX: 262_144,
    INLINE_ELEMENTS_MAX: 512,
    CUT_BYTES_MIN: 4 * MiB,
    QUEUE_LENGTH_MAX: 256,
    QUEUE_BYTES_MAX: 256 * MiB,
    QUEUE_WAIT_MS_MAX: 10_000,
    CONNECTIONS_MAX: 4096,
    RATE_BYTES_MIN: 8192,
    REQUEST_TIMEOUT_MS: 55_000,
    IDLE_TIMEOUT_MS: 30_000,
    HEADERS_TIMEOUT_MS: 10_000,
    KEEP_ALIVE_TIMEOUT_MS: 72_000,
    DRAIN_DELAY_MS: 1000,
    DRAIN_TIMEOUT_MS: 25_000,
    STREAM_BUFFER_BYTES_MAX: 8 * MiB,
    OVERLOAD_STATUS: 429,
    WORKER_MEMORY_BYTES_MAX: 256 * MiB,
    WORKER_HEAP_MB_MAX: 1024,
    WORKER_GRACE_MS: 1000,
  });
});

test("the configuration cannot be changed", () => {
  expect(Object.isFrozen(loadConfig({}))).toBe(true);
});

test.each([
  ["PORT", "9000", 9000],
  ["PORT", "0", 0],
  ["HOST", "::", "::"],
  ["WORKERS", "3", 3],
  ["LOG_LEVEL", "warn", "warn"],
  ["INLINE_ELEMENTS_MAX", "0", 0],
  ["CUT_BYTES_MIN", "1024", 1024],
  ["QUEUE_LENGTH_MAX", "0", 0],
  ["OVERLOAD_STATUS", "503", 503],
  ["PORT", "", 8080],
  ["ALLOWED_HOSTS", "*", "*"],
  ["ALLOWED_HOSTS", "lossd.example.org,[::1]:8080", "lossd.example.org,[::1]:8080"],
  ["CORS_ORIGINS", "https://a.example,http://localhost:3000", "https://a.example,http://localhost:3000"],
] as const)("%s=%j is read as %j", (name, text, value) => {
  expect(loadConfig({ [name]: text })[name]).toBe(value);
});

test.each([
  ["PORT", "65536", "from 0 to 65535"],
  ["PORT", "-1", "from 0 to 65535"],
  ["PORT", "80.5", "from 0 to 65535"],
  ["PORT", "0x50", "from 0 to 65535"],
  ["PORT", " 80", "from 0 to 65535"],
  ["WORKERS", "0", "from 1 to 1024"],
  ["WORKERS", "many", "from 1 to 1024"],
  ["LOG_LEVEL", "loud", "one of fatal, error, warn"],
  ["BODY_BYTES_MAX", "1", "from 1024 to"],
  ["BODY_BYTES_MAX", "64MB", "from 1024 to"],
  ["REQUEST_TIMEOUT_MS", "86400001", "from 1 to 86400000"],
  ["OVERLOAD_STATUS", "500", "429 or 503"],
  ["ALLOWED_HOSTS", "a b", "names with commas"],
  ["ALLOWED_HOSTS", "http://a", "names with commas"],
  ["ALLOWED_HOSTS", "a,", "names with commas"],
  ["CORS_ORIGINS", "*", "origins with commas, such as https://example.org:8443"],
  ["CORS_ORIGINS", "https://a.example/", "origins with commas"],
  ["CORS_ORIGINS", "null", "origins with commas"],
  ["TRUST_PROXY", "true", "addresses and networks with commas"],
])("%s=%j is refused with its value and its bound", (name, text, bound) => {
  const faults = faultsOf({ [name]: text });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(`${name}=${JSON.stringify(text)}`);
  expect(faults[0]).toContain(bound);
});

test("every variable that is wrong is named at once", () => {
  const faults = faultsOf({ PORT: "x", WORKERS: "0", LOG_LEVEL: "loud", HOST: "ok" });
  expect(faults.map((fault) => fault.split("=")[0])).toEqual(["PORT", "WORKERS", "LOG_LEVEL"]);
});

test.each([
  [
    { BODY_BYTES_MAX: "4096", QUEUE_BYTES_MAX: "2048", STREAM_BUFFER_BYTES_MAX: "2048" },
    "BODY_BYTES_MAX=4096 is more than QUEUE_BYTES_MAX=2048",
  ],
  [
    { QUEUE_BYTES_MAX: "67108864", STREAM_BUFFER_BYTES_MAX: "67108865" },
    "STREAM_BUFFER_BYTES_MAX=67108865 is more than QUEUE_BYTES_MAX=67108864",
  ],
  [{ METRICS_PORT: "9000", PORT: "9000" }, "METRICS_PORT is PORT=9000"],
  [{ REQUEST_TIMEOUT_MS: "1000" }, "HEADERS_TIMEOUT_MS=10000 is more than REQUEST_TIMEOUT_MS=1000"],
])("two values that contradict each other are refused: %j", (env, fault) => {
  expect(faultsOf(env)).toEqual([fault]);
});

test("the table has a row for every variable, and no figure of this machine among the defaults", () => {
  const config = loadConfig({ PORT: "9000" });
  const rows = describeConfig(config);
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(config));
  expect(rows[0]).toMatchObject({
    name: "PORT",
    value: 9000,
    default: "8080",
    bound: "a whole number from 0 to 65535",
  });
  expect(rows.find(({ name }) => name === "WORKERS")?.default).toBe("cores");
  expect(rows.find(({ name }) => name === "ALLOWED_HOSTS")?.default).toBe("localhost names if HOST is one, else *");
  for (const { description } of rows) expect(description).toMatch(/\.$/);
});
