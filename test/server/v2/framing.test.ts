// Where the JSON of a request of the Open Inference Protocol ends and its blobs lie, and what of that can be wrong: a 400,
// a 413 or a 415 that says so, and the next request is answered.
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, test } from "vitest";
import { type Service, startService } from "../../harness/service.js";
import { message } from "../../harness/v2.js";
import { headerOf, isRefused, labels, lengthHeader, logits, type Refused } from "../../harness/v2_client.js";

const bodyBytesMax = 65_536;
let service: Service;

beforeAll(async () => {
  service = await startService({ BODY_BYTES_MAX: String(bodyBytesMax) });
});
afterAll(() => service.stop());

const text = message({ inputs: [logits, labels] });
const raw = message({
  inputs: [
    { ...logits, binary: true },
    { ...labels, binary: true },
  ],
});
const withLength = (length: string) => ({ [lengthHeader]: length });

const framing: Refused[] = [
  { what: "a length of 0", ...raw, headers: withLength("0"), says: /Content-Length is "0"/ },
  { what: "a negative length", ...raw, headers: withLength("-1"), says: /Content-Length is "-1"/ },
  { what: "a length that is no number", ...raw, headers: withLength("many"), says: /Content-Length is "many"/ },
  { what: "half a byte", ...raw, headers: withLength("1.5"), says: /Content-Length is "1.5"/ },
  {
    what: "a length that is no number in the media type",
    ...raw,
    headers: { "content-type": "application/octet-stream; json-header-size=x" },
    says: /Content-Length is "x"/,
  },
  {
    what: "a length beyond the body",
    ...raw,
    headers: withLength(String(raw.body.length + 1)),
    says: new RegExp(`is ${raw.body.length + 1}, but the body has ${raw.body.length} bytes`),
  },
  { what: "a length too short", ...raw, headers: withLength(String(raw.jsonLength! - 1)), says: /expected/ },
  { what: "a length too long", ...raw, headers: withLength(String(raw.jsonLength! + 1)), says: /UTF-8|expected/ },
  {
    what: "a length of all of the body",
    ...raw,
    headers: withLength(String(raw.body.length)),
    says: /^the JSON is not valid UTF-8$/,
  },
  { what: "binary tensors without a length", ...raw, headers: {}, says: /Inference-Header-Content-Length/ },
  {
    what: "bytes too many",
    body: Buffer.concat([raw.body, Buffer.of(0)]),
    headers: headerOf(raw),
    says: /add up to 32, but 33 bytes follow the JSON/,
  },
  {
    what: "bytes too few",
    body: raw.body.subarray(0, -1),
    headers: headerOf(raw),
    says: /add up to 32, but 31 bytes follow the JSON/,
  },
  { what: "no body", body: "", says: /empty/ },
  { what: "text that is not JSON", body: "logits", says: /at byte 0/ },
  { what: "an array", body: "[]", says: /must be an object/ },
  { what: "a repeated key", body: '{"inputs":[],"inputs":[]}', says: /"inputs" at byte 13 is there twice/ },
  { what: "nesting too deep", body: `{"x":${"[".repeat(100)}`, says: /deeper than 64/ },
  {
    what: "a bomb",
    body: gzipSync(Buffer.alloc(2 * bodyBytesMax, " ")),
    headers: { "content-encoding": "gzip" },
    status: 413,
    says: /decompress to more than BODY_BYTES_MAX = 65536/,
  },
  {
    what: "deflate without zlib's header",
    body: deflateRawSync(text.body),
    headers: { "content-encoding": "deflate" },
    says: /content-encoding is deflate/,
  },
  { what: "another encoding", ...text, headers: { "content-encoding": "br" }, status: 415, says: /gzip, deflate/ },
  { what: "a body that is too large", body: " ".repeat(bodyBytesMax + 1), status: 413, says: /BODY_BYTES_MAX/ },
];

test.each(framing)("refuses $what", (row) => isRefused(service, row));
