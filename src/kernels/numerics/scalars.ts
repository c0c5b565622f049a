// Elementary functions of one number, for callers outside the kernels whose answers must be the same bits everywhere.

export function scalar_exp(x: f64): f64 {
  return Math.exp(x);
}

export function scalar_log(x: f64): f64 {
  return Math.log(x);
}

export function scalar_log1p(x: f64): f64 {
  return Math.log1p(x);
}

export function scalar_pow(x: f64, y: f64): f64 {
  return Math.pow(x, y);
}
