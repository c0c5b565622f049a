// Row-major numbers as JSON's nested arrays.
import { writeDouble, writeSingle } from "./schubfach";
import { WRITE_DATA, WRITE_FROM, WRITE_RANK, WRITE_SHAPE, WRITE_SINGLE, WRITE_TO, WRITE_WORDS } from "./layout";

/**
 * Writes the numbers WRITE_FROM…WRITE_TO − 1 of a tensor of at least one, each followed by a comma, with the brackets
 * of all axes but the outermost: [[1,2],[3,4]] is "[1,2],[3,4],". Any cut gives the same text. Returns the address
 * after it. At `out` there is room for WRITE_NUMBER_MAX a number, two bytes a bracketed row and axis, and WRITE_SLACK.
 */
export function write_tensor(record: usize, out: usize): usize {
  const from: usize = load<u32>(record, WRITE_FROM),
    to: usize = load<u32>(record, WRITE_TO);
  const rank: usize = load<u32>(record, WRITE_RANK),
    words = load<u32>(record, WRITE_WORDS);
  const data: usize = load<u32>(record, WRITE_DATA),
    single = load<u32>(record, WRITE_SINGLE) != 0;
  const row: usize = rank < 2 ? to : load<u32>(record + WRITE_SHAPE + ((rank - 1) << 2));
  let p = out;
  for (let i = from; i < to; ) {
    const end = min(to, rank < 2 ? to : (i / row + 1) * row);
    if (rank > 1 && i % row == 0) {
      for (let open = bracketsAt(record, rank, i / row); open > 0; open--) store<u8>(p++, 0x5b);
    }
    p = single ? writeSingles(data, i, end, p, words) : writeDoubles(data, i, end, p, words);
    if (rank > 1 && end % row == 0) {
      // The comma after the last number goes behind the brackets.
      p--;
      for (let close = bracketsAt(record, rank, end / row); close > 0; close--) store<u8>(p++, 0x5d);
      store<u8>(p++, 0x2c);
    }
    i = end;
  }
  return p;
}

/** How many axes, without the outermost, begin or end between the innermost rows `row` − 1 and `row`. */
function bracketsAt(record: usize, rank: usize, row: usize): usize {
  let count: usize = 1;
  for (let axis = rank - 2; axis > 0; axis--) {
    const length: usize = load<u32>(record + WRITE_SHAPE + (axis << 2));
    if (row % length != 0) break;
    row /= length;
    count++;
  }
  return count;
}

function writeDoubles(data: usize, from: usize, to: usize, p: usize, words: u32): usize {
  for (let i = from; i < to; i++) {
    p = writeDouble(load<f64>(data + (i << 3)), p, words);
    store<u8>(p++, 0x2c);
  }
  return p;
}

function writeSingles(data: usize, from: usize, to: usize, p: usize, words: u32): usize {
  for (let i = from; i < to; i++) {
    p = writeSingle(load<f32>(data + (i << 2)), p, words);
    store<u8>(p++, 0x2c);
  }
  return p;
}
