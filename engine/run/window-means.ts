import * as tf from '../backend/tf.ts';

/** Positions [start, end) of one axis. */
export type Span = readonly [start: number, end: number];

/**
 * Means under windows: [batch, h, w, channels] -> [batch, rows, columns, channels], one output row a span of rows. A product with a constant
 * matrix an axis: windows of pyramid pooling hold up to the whole map, which is too much for a sum over taps.
 */
export function windowMeans(x: tf.Tensor4D, rows: readonly Span[], columns: readonly Span[]): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (isWhole(rows, height) && isWhole(columns, width)) return tf.reshape(tf.globalAveragePool(x), [batch, 1, 1, channels]);
  const tall = meansAlong(tf.reshape(x, [batch, height, width * channels]), rows); // [batch, rows, width * channels]
  const wide = meansAlong(tf.reshape(tall, [batch * rows.length, width, channels]), columns); // [batch * rows, columns, channels]
  return tf.reshape(wide, [batch, rows.length, columns.length, channels]);
}

function isWhole(spans: readonly Span[], length: number): boolean {
  return spans.length === 1 && spans[0]![0] === 0 && spans[0]![1] === length;
}

/** x [n, length, rest] -> [n, spans, rest] */
function meansAlong(x: tf.Tensor, spans: readonly Span[]): tf.Tensor {
  const length = x.shape[1]!;
  if (spans.length === length && spans.every(([start, end], i) => start === i && end === i + 1)) return x;
  const shares = new Float32Array(spans.length * length);
  spans.forEach(([start, end], i) => shares.fill(1 / (end - start), i * length + start, i * length + end));
  return tf.batchMatMul(tf.tensor(shares, [1, spans.length, length]), x);
}
