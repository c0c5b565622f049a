/** A seeded generator (mulberry32): the same batches in every run. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Normal logits, as a model gives them, and a class index a row.
 * @param {{ rows: number, columns: number, precision: "FP64" | "FP32" }} shape
 */
export function makeBatch({ rows, columns, precision }) {
  const random = generator(1);
  const logits = new (precision === "FP64" ? Float64Array : Float32Array)(rows * columns);
  for (let i = 0; i < logits.length; i++) {
    logits[i] = 3 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * columns));
  return { rows, columns, precision, logits, labels };
}
