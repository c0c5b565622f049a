// Bodies that cost much for their bytes: each just under a bound, or small and large when unpacked.
import { gzipSync } from "node:zlib";

export const bodyBytesMax = 64 * 2 ** 20;
export const elementsMax = 2 ** 24;
/** The least number of values that a search for a bound goes down to. */
const valuesMin = 1000;

const text = (parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

/** `start`, then `piece` as often as it fits into so many bytes, then `end`. */
function fill(start, piece, end, bytes = bodyBytesMax) {
  const room = bytes - start.length - end.length;
  return text([start, Buffer.alloc(room - (room % piece.length), piece), end]);
}

/** `start`, then `piece` so many times, then `end`. */
const repeat = (start, piece, end, times) => text([start, Buffer.alloc(piece.length * times, piece), end]);

/** `"k0000000":1,…`: keys that all differ. */
function keys(count) {
  const entry = '"k0000000":1,';
  const bytes = Buffer.alloc(entry.length * count, entry);
  for (let i = 0, at = 2; i < count; i++, at += entry.length) bytes.write(String(i).padStart(7, "0"), at, "latin1");
  return bytes.subarray(0, -1);
}

const cases = '{"task":{"loss":"mse","cases":[';
const compute = "/v1/losses/mse";
const check = "/v1/losses/mse/check";
const grade = "/v1/grade";

/** Two at once, each of 87 kB, 60 MB unpacked: a claim of 10⁷ arrays in arrays. */
export const packedClaim = () =>
  gzipSync(repeat('{"logits":[1],"labels":[1],"claim":{"loss":[', "[[0]],", "0]}}", 1e7), { level: 9 });

/** Bodies of BODY_BYTES_MAX, made of one kind of value. */
export const fullBodies = {
  arrays: { what: "64 MiB of [] as cases to grade", path: grade, make: () => fill(cases, "[],", "[]]}}") },
  objects: { what: "64 MiB of {} as cases to grade", path: grade, make: () => fill(cases, "{},", "{}]}}") },
  strings: { what: '64 MiB of "" as cases to grade', path: grade, make: () => fill(cases, '"",', '""]}}') },
  gradeKeys: {
    what: "5 million keys to grade",
    path: grade,
    make: () => text(['{"task":{', keys(5_000_000), "}}"]),
  },
  computeKeys: { what: "5 million keys to compute", path: compute, make: () => text(["{", keys(5_000_000), "}"]) },
  computeArrays: {
    what: "64 MiB of [] as logits",
    path: compute,
    make: () => fill('{"labels":[1],"logits":[', "[],", "[]]}"),
  },
  computeStrings: {
    what: '64 MiB of "" as logits',
    path: compute,
    make: () => fill('{"labels":[1],"logits":[', '"",', '""]}'),
  },
  escapes: {
    what: "one string of 64 MiB, all escapes",
    path: compute,
    make: () => fill('{"labels":[1],"logits":"', "\\u0041", '"}'),
  },
};

const digits = (count, digit = "3") => Buffer.alloc(2 * count - 1, `${digit},`);

/** `rows` rows of so many digits. */
function matrix(rows, columns) {
  const row = text(["[", digits(columns), "],"]);
  return text(["[", Buffer.alloc(row.length * rows, row).subarray(0, -1), "]"]);
}

/** Bodies of ELEMENTS_MAX numbers that are right, short to write, and have a long answer. */
export const fullBatches = {
  elementwise: {
    what: "ELEMENTS_MAX numbers to mse, losses and gradients",
    path: compute,
    make: () => {
      const [logits, labels] = ["3", "1"].map((digit) => digits(elementsMax / 2, digit));
      return text(['{"outputs":["losses","gradients"],"logits":[', logits, '],"labels":[', labels, "]}"]);
    },
  },
  rowwise: {
    what: "ELEMENTS_MAX numbers to cross_entropy, gradients and probabilities",
    path: "/v1/losses/cross_entropy",
    make: () => {
      const rows = 8192;
      const labels = digits(rows);
      const logits = matrix(rows, elementsMax / rows - 1);
      return text(['{"outputs":["gradients","probabilities"],"logits":', logits, ',"labels":[', labels, "]}"]);
    },
  },
};

/** Bodies of so many values, whose bound is looked for from above: the first that is taken is half of it or more. */
export const growingBodies = {
  claim: {
    what: "a claim of nested arrays, from 10⁷ values down to what is taken",
    path: check,
    make: (values) => repeat('{"logits":[1],"labels":[1],"claim":{"loss":[', "[[0]],", "0]}}", Math.floor(values / 3)),
  },
  numbers: {
    what: "a right claim to check, from 10⁷ numbers down to what is taken",
    path: check,
    make: (values) => {
      const each = digits(Math.floor(values / 3));
      const parts = ['{"logits":[', each, '],"labels":[', each, '],"claim":{"gradients":[', each, "]}}"];
      return text(parts);
    },
  },
  cases: {
    what: "a task of small cases to grade, from 10⁷ values down to what is taken",
    path: grade,
    make: (values) => gradeCases(Math.max(1, Math.floor(values / 12))),
  },
};

function gradeCases(count) {
  const each = (write) => Array.from({ length: count }, (_, i) => write(i)).join(",");
  const tasks = each((i) => `{"id":"${i}","logits":[1],"labels":[2]}`);
  const claims = each((i) => `{"case":"${i}","loss":9}`);
  return Buffer.from(`${cases}${tasks}]},"submission":{"claims":[${claims}]}}`);
}

/** Ten million values, then half of it, and so on. */
export const amounts = () => {
  const list = [];
  for (let values = 1e7; values >= valuesMin; values /= 2) list.push(Math.floor(values));
  return list;
};

/** 102 bytes, whose cases are drawn until each tells a hundred mistakes apart. */
export const dearCases = Buffer.from(
  JSON.stringify({
    task: { loss: "cross_entropy", cases: [{ id: "a", generate: { seed: 1, rows: 100, columns: 1000 } }] },
  }),
);
