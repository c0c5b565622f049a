// Nested arrays of numbers or booleans in JSON, to row-major doubles; the shape is found on the way.
import { HARD_NUMBER, readNumber } from "./number_reader";
import {
  READ_AFTER,
  READ_ARRAY,
  READ_BOOLEANS,
  READ_DEPTH,
  READ_DEPTH_MAX,
  READ_DONE,
  READ_EMPTY,
  READ_END_EXPECTED,
  READ_FULL,
  READ_INDEX,
  READ_LEAF,
  READ_LENGTH,
  READ_OUT,
  READ_OUT_END,
  READ_POSITION,
  READ_RAGGED,
  READ_RANK,
  READ_SHAPE,
  READ_TOO_DEEP,
  UNKNOWN,
} from "./layout";
import { skipSpace } from "./white_space";

const COMMA: u32 = 0x2c;
const OPEN: u32 = 0x5b;
const CLOSE: u32 = 0x5d;

/** The words "Infinity", "-Infinity" and "NaN" in quotes: the first eight bytes of each. */
const INFINITY_START: u64 = 0x74696e69666e4922;
const MINUS_INFINITY_START: u64 = 0x696e69666e492d22;
const NAN_START: u64 = 0x224e614e22;

/** A value that is no plain number: the words for those that JSON has no number for. NO_NUMBER or HARD_NUMBER else. */
function readWord(p: usize, out: usize, found: usize): usize {
  const start = load<u64>(p);
  if (start == INFINITY_START && load<u16>(p, 8) == 0x2279) {
    store<f64>(out, Infinity);
    return p + 10;
  }
  if (start == MINUS_INFINITY_START && load<u32>(p, 7) == 0x22797469) {
    store<f64>(out, -Infinity);
    return p + 11;
  }
  if ((start & 0xffffffffff) == NAN_START) {
    store<f64>(out, NaN);
    return p + 5;
  }
  return found;
}

// @ts-ignore: decorator
@inline
function readBoolean(p: usize, out: usize): usize {
  const word = load<u32>(p);
  const isTrue = word == 0x65757274,
    isFalse = word == 0x736c6166 && load<u8>(p, 4) == 0x65;
  store<f64>(out, isTrue ? 1.0 : 0.0);
  return isTrue ? p + 4 : isFalse ? p + 5 : 0;
}

/** One value: the address after it, or at most HARD_NUMBER where it has to be read otherwise. */
// @ts-ignore: decorator
@inline
function readValue(p: usize, out: usize, booleans: bool): usize {
  if (booleans) return readBoolean(p, out);
  const next = readNumber(p, out);
  return next > HARD_NUMBER ? next : readWord(p, out, next);
}

/** Where the functions below have got to: the text's next byte, and the place for the next number. */
let position: usize = 0;
let written: usize = 0;
/** How many arrays are open. */
let level: u32 = 0;

/** Another value follows in the array. No answer of read_tensor(). */
const READ_GOES_ON: u32 = 0xffffffff;

/** The hot loop: values and commas up to what is neither, or to the value that ends at `last`. */
// @ts-ignore: decorator
@inline
function readValues(p: usize, out: usize, outEnd: usize, last: usize, booleans: bool): u32 {
  let result: u32 = READ_DONE;
  for (;;) {
    if (out == outEnd) {
      result = READ_FULL;
      break;
    }
    const next = readValue(p, out, booleans);
    if (next <= HARD_NUMBER) {
      result = load<u8>(p) == OPEN ? READ_ARRAY : READ_LEAF;
      break;
    }
    out += 8;
    p = skipSpace(next);
    if (load<u8>(p) != COMMA || out == last) break;
    p = skipSpace(p + 1);
  }
  position = p;
  written = out;
  return result;
}

/**
 * Behind a value: closes the arrays that end here, and passes the comma before the next value. `length` is that of the
 * innermost array where it is known to be closed, else UNKNOWN. READ_DONE where no array is open any more.
 */
// @ts-ignore: decorator
@inline
function closeArrays(record: usize, p: usize, depth: u32, length: u32): u32 {
  let result: u32 = READ_DONE;
  for (;;) {
    if (length == UNKNOWN) {
      if (depth == 0) break;
      const index = record + READ_INDEX + ((<usize>(depth - 1)) << 2);
      p = skipSpace(p);
      const c = load<u8>(p);
      if (c != CLOSE) {
        result = c == COMMA ? READ_GOES_ON : READ_END_EXPECTED;
        if (c != COMMA) break;
        store<u32>(index, load<u32>(index) + 1);
        p++;
        break;
      }
      length = load<u32>(index) + 1;
    }
    p++;
    depth--;
    const shape = record + READ_SHAPE + ((<usize>depth) << 2),
      known = load<u32>(shape);
    if (known == UNKNOWN) store<u32>(shape, length);
    else if (known != length) {
      result = READ_RAGGED;
      store<u32>(record, length, READ_LENGTH);
      break;
    }
    length = UNKNOWN;
  }
  position = p;
  level = depth;
  return result;
}

/** Moves the index in the innermost array over values; behind the last one it stays at that value. */
// @ts-ignore: decorator
@inline
function moveIndex(record: usize, depth: u32, values: usize, behind: bool): void {
  const index = record + READ_INDEX + ((<usize>(depth - 1)) << 2);
  store<u32>(index, load<u32>(index) + <u32>values - <u32>behind);
}

/**
 * Reads values until the tensor is closed (READ_DONE), or until something is for the caller to do or to refuse: the
 * words of layout.ts. After READ_FULL, and after READ_LEAF if the caller has stored the value and moved the position
 * behind it, another call goes on. Writes the record and f64[] at READ_OUT.
 */
export function read_tensor(record: usize): u32 {
  const outEnd: usize = load<u32>(record, READ_OUT_END);
  const booleans = load<u32>(record, READ_BOOLEANS) != 0,
    depthMax = load<u32>(record, READ_DEPTH_MAX);
  let p: usize = load<u32>(record, READ_POSITION),
    out: usize = load<u32>(record, READ_OUT);
  let depth = load<u32>(record, READ_DEPTH),
    rank = load<u32>(record, READ_RANK);
  let after = load<u32>(record, READ_AFTER) != 0;
  let result: u32 = READ_DONE;
  for (;;) {
    let length: u32 = UNKNOWN;
    if (!after) {
      p = skipSpace(p);
      if (load<u8>(p) == OPEN) {
        result = depth == depthMax ? READ_TOO_DEEP : depth >= rank ? READ_ARRAY : READ_DONE;
        if (result != READ_DONE) break;
        store<u32>(record + READ_INDEX + ((<usize>depth) << 2), 0);
        depth++;
        p = skipSpace(p + 1);
        if (load<u8>(p) != CLOSE) continue;
        length = 0;
        if (rank == UNKNOWN) rank = depth;
        else if (rank > depth) {
          depth--;
          result = READ_EMPTY;
          break;
        }
      } else {
        if (rank == UNKNOWN) rank = depth;
        if (rank != depth) {
          result = READ_LEAF;
          break;
        }
        const first = out;
        // A value without brackets has none after it.
        result = readValues(p, out, outEnd, depth == 0 ? out + 8 : usize.MAX_VALUE, booleans);
        p = position;
        out = written;
        // Behind a value the index is that value's.
        if (depth > 0) moveIndex(record, depth, (out - first) >> 3, result == READ_DONE);
        if (result != READ_DONE) break;
      }
    }
    result = closeArrays(record, p, depth, length);
    p = position;
    depth = level;
    after = result != READ_GOES_ON;
    if (after) break;
  }
  store<u32>(record, <u32>p, READ_POSITION);
  store<u32>(record, <u32>out, READ_OUT);
  store<u32>(record, depth, READ_DEPTH);
  store<u32>(record, rank, READ_RANK);
  store<u32>(record, <u32>after, READ_AFTER);
  return result;
}
