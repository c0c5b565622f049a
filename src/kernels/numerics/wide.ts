// Products of two words: WebAssembly has no wide multiplication.

/** The upper 64 bits of a·b. */
// @ts-ignore: decorator
@inline
export function upperProduct(a: u64, b: u64): u64 {
  const al = a & 0xffffffff,
    ah = a >> 32,
    bl = b & 0xffffffff,
    bh = b >> 32;
  const middle = ah * bl + ((al * bl) >> 32),
    other = al * bh + (middle & 0xffffffff);
  return ah * bh + (middle >> 32) + (other >> 32);
}
