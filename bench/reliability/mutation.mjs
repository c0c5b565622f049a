// Seeded damage to a request's bytes: the same seed gives the same requests.

/** Numbers in [0, 1) of a seed (splitmix32). */
export function makeRandom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

export const below = (random, limit) => Math.floor(random() * limit);
export const pick = (random, list) => list[below(random, list.length)];

/** What is put in: syntax, numbers at the edges, tensors that lie, names that mean something. */
const tokens = [
  ...["{", "}", "[", "]", ",", ":", '"', "\\", "\0", "[[[[[[", "null", "true", "\\u0000", "\\ud800"],
  ...["NaN", "Infinity", '"-Infinity"', "-0", "1e999", "1e308", "5e-324", "0.1e", "-1", "9".repeat(400)],
  ...["2147483648", "4294967296", "9007199254740993", "1000000000000000000"],
  ...['{"shape":[0],"data":[]}', '{"shape":[1000000000000],"data":[1]}', '{"shape":[2,-1],"data":[1,2]}'],
  ...['{"datatype":"FP16","shape":[3],"b64":"AAAAAAAA"}', '{"datatype":"FP32","shape":[1],"b64":"AAAA"}'],
  ...['"logits":', '"labels":', '"sample_weights":', '"__proto__":1,', '"reduction":"none",', '"outputs":["losses"],'],
  ...['"seed":99999999999', '"rows":1000000', '"points":1e9', '"temperature":0', '"encoding":"b64",', '"claim":'],
].map((text) => Buffer.from(text, "latin1"));
const notUtf8 = [Buffer.from([0xff]), Buffer.from([0xc3, 0x28]), Buffer.from([0xed, 0xa0, 0x80])];

const splice = (bytes, from, to, ...put) => Buffer.concat([bytes.subarray(0, from), ...put, bytes.subarray(to)]);

/** Each takes the bytes, a place in them and what other requests hold, and gives other bytes. */
const damages = [
  (bytes, at, random) => splice(bytes, at, at + 1, Buffer.from([bytes[at] ^ (1 << below(random, 8))])),
  (bytes, at, random) => splice(bytes, at, at + 1, Buffer.from([below(random, 256)])),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, random) => splice(bytes, at, Math.min(bytes.length, at + 1 + below(random, 30))),
  (bytes, at, random) => splice(bytes, at, at, bytes.subarray(at, at + 1 + below(random, 60))),
  (bytes, at, random) => splice(bytes, at, at, pick(random, tokens)),
  (bytes, at, random) => splice(bytes, at, at + 1, pick(random, tokens)),
  (bytes, at, random) => splice(bytes, at, at, pick(random, notUtf8)),
  (bytes, at, random, others) => {
    const other = pick(random, others);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(below(random, other.length + 1))]);
  },
  changeDigit,
];

/** Another digit for one of those that follow a place: the damage that most often leaves a request right. */
function changeDigit(bytes, at, random) {
  const digit = bytes.subarray(at).findIndex((byte) => byte >= 0x30 && byte <= 0x39);
  if (digit < 0) return bytes;
  return splice(bytes, at + digit, at + digit + 1, Buffer.from(String(below(random, 10))));
}

/**
 * The bytes damaged once or, more and more rarely, several times.
 * @param {() => number} random
 * @param {Buffer[]} others of which a tail may take the place of this one's
 */
export function mutate(random, bytes, others) {
  let mutant = bytes;
  do mutant = mutant.length === 0 ? pick(random, tokens) : damageOnce(random, mutant, others);
  while (random() < 0.5);
  return mutant;
}

function damageOnce(random, bytes, others) {
  return pick(random, damages)(bytes, below(random, bytes.length), random, others);
}
