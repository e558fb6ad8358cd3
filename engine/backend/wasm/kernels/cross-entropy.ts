/** Softmax cross entropy of [rows, classes] against int32 labels. */
import { exp4, horizontalMax, horizontalSum, loadPart, log64, splat, storePart } from './simd';

/** Replaces the lanes from `n` on by `value`. */
// @ts-ignore: decorator
@inline function fillFrom(x: v128, n: i32, value: f32): v128 {
  if (n < 2) x = f32x4.replace_lane(x, 1, value);
  if (n < 3) x = f32x4.replace_lane(x, 2, value);
  return f32x4.replace_lane(x, 3, value);
}

/** log of the sum of exponentials of one row. */
function logSumExp(row: usize, classes: i32): f32 {
  const whole = classes & ~3;
  const part = classes & 3;
  let largest = splat(-Infinity);
  for (let c = 0; c < whole; c += 4) largest = f32x4.max(largest, v128.load(row + (<usize>c << 2)));
  if (part > 0) largest = f32x4.max(largest, fillFrom(loadPart(row + (<usize>whole << 2), part), part, -Infinity));
  const top = horizontalMax(largest);
  const shift = splat(top);
  let sum = splat(0.0);
  for (let c = 0; c < whole; c += 4) sum = f32x4.add(sum, exp4(f32x4.sub(v128.load(row + (<usize>c << 2)), shift)));
  let total = horizontalSum(sum);
  if (part > 0) total += horizontalSum(fillFrom(exp4(f32x4.sub(loadPart(row + (<usize>whole << 2), part), shift)), part, 0.0));
  return <f32>(<f64>top + log64(<f64>total));
}

// @ts-ignore: decorator
@inline function isValid(label: i32, classes: i32, ignoreLabel: i32): bool {
  return label >= 0 && label < classes && label != ignoreLabel;
}

/**
 * Writes logSums [rows] (log of the sum of exponentials of each valid row), the loss, and the weight of one row
 * (1 / rows, or 1 / valid rows).
 */
export function crossEntropy(
  logits: usize, labels: usize, logSums: usize, loss: usize, weight: usize, rows: i32, classes: i32, ignoreLabel: i32, smoothing: f32, meanOverValid: i32,
): void {
  let total: f64 = 0.0;
  let valid = 0;
  let row = logits;
  for (let i = 0; i < rows; i++) {
    const label = load<i32>(labels + (<usize>i << 2));
    if (isValid(label, classes, ignoreLabel)) {
      valid++;
      const logSum = logSumExp(row, classes);
      store<f32>(logSums + (<usize>i << 2), logSum);
      let target = <f64>load<f32>(row + (<usize>label << 2));
      if (smoothing != 0.0) {
        let sum: f64 = 0.0;
        for (let c = 0; c < classes; c++) sum += <f64>load<f32>(row + (<usize>c << 2));
        target = (1.0 - <f64>smoothing) * target + <f64>smoothing * sum / <f64>classes;
      }
      total += <f64>logSum - target;
    } else {
      store<f32>(logSums + (<usize>i << 2), 0.0);
    }
    row += <usize>classes << 2;
  }
  const share = 1.0 / <f64>max(1, meanOverValid != 0 ? valid : rows);
  store<f32>(loss, <f32>(total * share));
  store<f32>(weight, <f32>share);
}

/** dLogits = (softmax - target) * dy * weight, zeros in rows that do not count. */
export function crossEntropyGradient(
  dy: usize, logits: usize, labels: usize, logSums: usize, weight: usize, dLogits: usize, rows: i32, classes: i32, ignoreLabel: i32, smoothing: f32,
): void {
  const factor = load<f32>(dy) * load<f32>(weight);
  const scale = splat(factor);
  const even = splat(factor * smoothing / <f32>classes);
  const whole = classes & ~3;
  const part = classes & 3;
  const zero = splat(0.0);
  for (let i = 0; i < rows; i++) {
    const label = load<i32>(labels + (<usize>i << 2));
    const counts = isValid(label, classes, ignoreLabel);
    const shift = splat(load<f32>(logSums + (<usize>i << 2)));
    for (let c = 0; c < whole; c += 4) {
      const at = <usize>c << 2;
      v128.store(dLogits + at, counts ? f32x4.sub(f32x4.mul(exp4(f32x4.sub(v128.load(logits + at), shift)), scale), even) : zero);
    }
    if (part > 0) {
      const at = <usize>whole << 2;
      storePart(dLogits + at, counts ? f32x4.sub(f32x4.mul(exp4(f32x4.sub(loadPart(logits + at, part), shift)), scale), even) : zero, part);
    }
    if (counts) {
      const at = dLogits + (<usize>label << 2);
      store<f32>(at, load<f32>(at) - factor * (<f32>1.0 - smoothing));
    }
    logits += <usize>classes << 2;
    dLogits += <usize>classes << 2;
  }
}
