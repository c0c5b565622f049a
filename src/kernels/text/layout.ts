// What the codec's functions work on, as it lies in the engine's memory: byte offsets from the record's address, and
// the words that they answer with. Compiled by both compilers, as batch.ts. Every field is a u32.

/** The deepest nesting that a tensor has. */
export const LEVELS = 64;

/** Bytes after a text that are readable and 0: they end it. */
export const READ_SLACK = 64;

/** A tensor's text being read. */
export const READ_POSITION = 0;
/** Where the next value goes, and the end of the room for values: f64, booleans as 1 and 0. */
export const READ_OUT = 4;
export const READ_OUT_END = 8;
/** How many brackets are open, and how many can be. */
export const READ_DEPTH = 12;
export const READ_DEPTH_MAX = 16;
/** How deep values lie; UNKNOWN until the first one. */
export const READ_RANK = 20;
/** 1: true and false; 0: numbers. */
export const READ_BOOLEANS = 24;
/** 1: the position is behind a value; 0: before one. */
export const READ_AFTER = 28;
/** The length of the array that a fault is about. */
export const READ_LENGTH = 32;
/** Per level the length that its first array had, or UNKNOWN; and the index of the value at hand. */
export const READ_SHAPE = 36;
export const READ_INDEX = 292;
export const READ_BYTES = 548;

export const UNKNOWN = 0xffffffff;

/** What read_tensor found. */
export const READ_DONE = 0;
/** No room is left at READ_OUT. */
export const READ_FULL = 1;
/** No value that it reads itself, or one at the wrong depth, is at the position. */
export const READ_LEAF = 2;
/** An array where values are due. */
export const READ_ARRAY = 3;
/** An array of another length than those before, just closed. */
export const READ_RAGGED = 4;
/** An empty array where the ones before hold arrays. */
export const READ_EMPTY = 5;
/** Neither a comma nor a closing bracket is at the position. */
export const READ_END_EXPECTED = 6;
/** One bracket more than READ_DEPTH_MAX allows. */
export const READ_TOO_DEEP = 7;

/** A tensor being written: f64[], or f32[] if WRITE_SINGLE is 1. */
export const WRITE_DATA = 0;
export const WRITE_SINGLE = 4;
/** The flat indices of the first number and of the one after the last. */
export const WRITE_FROM = 8;
export const WRITE_TO = 12;
export const WRITE_RANK = 16;
/** How infinities and NaN are written. */
export const WRITE_WORDS = 20;
export const WRITE_SHAPE = 24;
export const WRITE_BYTES = 280;

export const WRITE_STRING = 0;
export const WRITE_NULL = 1;
/** Bare, which is no JSON: for clients that read nothing else. */
export const WRITE_LITERAL = 2;
/** A number's text and the comma after it take at most so many bytes; brackets come on top. */
export const WRITE_NUMBER_MAX = 26;
/** Written beyond the end of the text, and void. */
export const WRITE_SLACK = 32;
