// exp of pairs in a loop, twice: with its constants as the kernels have them, and with constants written into the loop. Of
// the second only the time is looked at, so its numbers are round ones. AssemblyScript, compiled by the benchmark.
import { expConstant, expPlain2x } from "../../src/kernels/numerics/exp";

export function heap_base(): usize {
  return __heap_base;
}

export function hoisted(values: usize, count: usize, out: usize): void {
  const c0 = expConstant(0);
  const c1 = expConstant(1);
  const c2 = expConstant(2);
  const c3 = expConstant(3);
  const c4 = expConstant(4);
  const c5 = expConstant(5);
  const c6 = expConstant(6);
  for (let i: usize = 0; i < count; i += 2) {
    v128.store(out + (i << 3), expPlain2x(v128.load(values + (i << 3)), c0, c1, c2, c3, c4, c5, c6));
  }
}

export function inline(values: usize, count: usize, out: usize): void {
  for (let i: usize = 0; i < count; i += 2) {
    const x = v128.load(values + (i << 3));
    const low = expPlain2x(
      x,
      f64x2.splat(6755399441055744.0),
      f64x2.splat(738.66),
      f64x2.splat(0.0013538),
      f64x2.splat(8.27e-13),
      f64x2.splat(0.4999),
      f64x2.splat(0.1667),
      f64x2.splat(0.0417),
    );
    v128.store(out + (i << 3), low);
  }
}
