import { deflateSync, gzipSync } from "node:zlib";
import { crossEntropy, makeBatch } from "../reliability/bodies.mjs";
import { makeRequest } from "../reliability/client.mjs";
import { knownGood } from "../reliability/known_good.mjs";
import { makeRandom, mutate, pick } from "../reliability/mutation.mjs";

const mutants = 450;
const json = { "content-type": "application/json" };
const body = makeBatch(4, 3);
const own = { "x-request-id": "of-the-caller" };

const post = (path, headers, bytes = body) => makeRequest("POST", path, headers, bytes);
const cut = (bytes, at) => [bytes.subarray(0, at), bytes.subarray(at)];
const chunked = (bytes) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n0\r\n\r\n")]);

/** Right requests, each also with its body behind its head, and on a connection that is to end. */
function rightOnes() {
  return knownGood.flatMap(({ method, path, type, headers, body: bytes }) => {
    const all = { ...(type && { "content-type": type }), ...headers };
    const whole = makeRequest(method, path, all, bytes);
    return [
      { name: `${path} right`, pieces: [whole] },
      { name: `${path} in pieces`, pieces: cut(whole, whole.length - bytes.length) },
      {
        name: `${path} to be closed`,
        pieces: [makeRequest(method, path, { ...all, ...own, connection: "close" }, bytes)],
      },
      {
        name: `${path} of a page`,
        pieces: [makeRequest(method, path, { ...all, origin: "https://example.org" }, bytes)],
      },
    ];
  });
}

/** Bodies by size: computed in place, by a worker, refused; and replies of one piece and of several. */
function sizes() {
  const shapes = [
    [1, 1],
    [32, 10],
    [40, 12],
    [60, 10],
    [100, 30],
    [240, 20],
    [300, 20],
    [1200, 10],
  ];
  return shapes.map(([rows, columns]) => ({
    name: `${rows} × ${columns}`,
    pieces: [post(crossEntropy, json, makeBatch(rows, columns))],
  }));
}

/** What a refusal is for but for the body: path, method, headers, coding. */
function heads() {
  const asked = {
    "no such path": makeRequest("GET", "/nothing"),
    "no such loss": post("/v1/losses/cross_entrop", json),
    "no such model": post("/v2/models/x/infer", json),
    "no such version": post("/v2/models/mse/versions/7/infer", json),
    "a bad path": makeRequest("GET", "/%zz"),
    "another method": makeRequest("PUT", crossEntropy, json, body),
    OPTIONS: makeRequest("OPTIONS", crossEntropy),
    HEAD: makeRequest("HEAD", "/health/live", { connection: "close" }),
    "HEAD of a curve": makeRequest("HEAD", "/v1/losses/mse/curve?from=-1&to=1&label=1", { connection: "close" }),
    "HEAD of a plot": makeRequest("HEAD", "/v1/losses/mse/curve?from=-1&to=1&label=1", {
      accept: "image/svg+xml",
      connection: "close",
    }),
    "a curve with a body": makeRequest(
      "GET",
      "/v1/losses/mse/curve?from=-1&to=1&label=1",
      { "content-length": "9" },
      Buffer.alloc(9, " "),
    ),
    "a plot": makeRequest("GET", "/v1/losses/mse/curve?from=-1&to=1&label=1", { accept: "image/svg+xml" }),
    "a preflight": makeRequest("OPTIONS", crossEntropy, {
      origin: "https://example.org",
      "access-control-request-method": "POST",
    }),
    "a foreign page": post(crossEntropy, { ...json, origin: "https://other.example" }),
    "a foreign site": post(crossEntropy, { ...json, "sec-fetch-site": "cross-site" }),
    "another host": post(crossEntropy, { ...json, host: "evil.example" }),
    "a trailing slash": post(`${crossEntropy}/`, json),
    "an alias": post("/v1/losses/nll", json),
    "a query": post(`${crossEntropy}?x=1`, json),
    "no type": post(crossEntropy, {}),
    "a wrong type": post(crossEntropy, { "content-type": "text/plain" }),
    "no type at all": post(crossEntropy, { "content-type": ";;" }),
    "a charset": post(crossEntropy, { "content-type": "application/json; charset=UTF-8" }),
    "a wrong charset": post(crossEntropy, { "content-type": "application/json; charset=latin1" }),
    "not acceptable": post(crossEntropy, { ...json, accept: "text/html" }),
    acceptable: post(crossEntropy, { ...json, accept: "text/html, application/*;q=0.5" }),
    "an id": post(crossEntropy, { ...json, ...own }),
    "a bad id": post(crossEntropy, { ...json, "x-request-id": "not an id" }),
    "a coding": post(crossEntropy, { ...json, "content-encoding": "br" }),
    gzip: post(crossEntropy, { ...json, "content-encoding": "gzip" }, gzipSync(body)),
    deflate: post(crossEntropy, { ...json, "content-encoding": "deflate" }, deflateSync(body)),
    "broken gzip": post(crossEntropy, { ...json, "content-encoding": "gzip" }, Buffer.from("no gzip")),
    chunked: makeRequest("POST", crossEntropy, { ...json, "transfer-encoding": "chunked" }, chunked(body)),
    "an empty body": post(crossEntropy, json, Buffer.alloc(0)),
    "no body": Buffer.from(
      `POST ${crossEntropy} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\r\n`,
    ),
    "HTTP/1.0": Buffer.from("GET /health/live HTTP/1.0\r\n\r\n"),
    "no host": Buffer.from("GET /health/live HTTP/1.1\r\n\r\n"),
    "two hosts": Buffer.from("GET /health/live HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"),
    "no HTTP": Buffer.from("hello\r\n\r\n"),
    "an expectation": post(crossEntropy, { ...json, expect: "100-continue" }),
    "another expectation": post(crossEntropy, { ...json, expect: "tea" }),
    "an expectation of what is refused": post(
      crossEntropy,
      { ...json, expect: "100-continue", "content-length": "9999999" },
      Buffer.alloc(0),
    ),
    "a long body": post(crossEntropy, json, Buffer.alloc(200_001, " ")),
    "binary without its length": post("/v2/models/mse/infer", {}, Buffer.from([1, 2, 3])),
    "a wrong length of JSON": post("/v2/models/mse/infer", { "inference-header-content-length": "x" }),
  };
  const gets = [
    "/",
    "/v1/losses",
    "/v1/losses/mse",
    "/v2",
    "/v2/models/mse",
    "/v2/models/mse/config",
    "/v2/health/live",
    "/v2/models/mse/ready",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/docs",
    "/livez",
    "/v1/losses/focal/curve?from=1",
    "/v1/losses/mse/curve?from=-4&to=4&label=1&points=9000",
    "/v1/presets",
    "/docs/static/index.html",
  ];
  return [
    ...Object.entries(asked).map(([name, bytes]) => ({ name, pieces: [bytes] })),
    ...gets.map((path) => ({ name: path, pieces: [makeRequest("GET", path)] })),
  ];
}

/** Right bodies, damaged: the same in every run. */
function damaged() {
  const random = makeRandom(7);
  const posts = knownGood.filter(({ method }) => method === "POST");
  const others = posts.map((one) => one.body);
  return Array.from({ length: mutants }, (_, i) => {
    const { path, type, headers, body: right } = pick(random, posts);
    const bytes = mutate(random, right, others);
    return { name: `damaged ${i}: ${path}`, pieces: [post(path, { "content-type": type, ...headers }, bytes)] };
  });
}

/** Requests of every kind: a name, and the bytes in the pieces in which they are sent. */
export function makeRequests() {
  return [...rightOnes(), ...sizes(), ...heads(), ...damaged()];
}
