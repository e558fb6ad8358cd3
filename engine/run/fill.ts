/**
 * The deterministic fill: every value follows from a name, so figures can be compared without weight files
 * (tests/fixtures/reference/README.md).
 */
import { assertNever } from '../assert-never.ts';
import type { Shape, WeightLayout, WeightSpec } from '../graph/model-graph.ts';
import { elementCount } from '../graph/shapes.ts';
import { hash32, mulberry32 } from '../rng.ts';
import { nchwToNhwc } from '../graph/weight-layout.ts';

export interface FillOptions {
  /** Factor on running variances, where a reference file has one. */
  readonly runningVarScale?: number;
}

/** Values of one weight or buffer in official layout, float32. */
export function fillValues(
  spec: Pick<WeightSpec, 'name' | 'shape' | 'kind'> & { readonly layout?: WeightLayout },
  options: FillOptions = {},
): Float32Array {
  const { shape, kind } = spec;
  const uniform = mulberry32(hash32(spec.name));
  const values = new Float32Array(elementCount(shape));
  const set = (value: (u: number) => number): Float32Array => {
    for (let i = 0; i < values.length; i++) values[i] = value(uniform());
    return values;
  };
  switch (kind) {
    case 'weight':
    case 'sparse_weight': {
      const bound = Math.sqrt(3 / fanIn(kind, shape, spec.layout));
      return set((u) => (2 * u - 1) * bound);
    }
    case 'norm_weight':
      return set((u) => 0.75 + 0.5 * u);
    case 'running_var': {
      const scale = options.runningVarScale ?? 1;
      return set((u) => (0.5 + u) * scale);
    }
    case 'norm_bias':
    case 'bias':
    case 'running_mean':
    case 'other':
      return set((u) => 0.2 * (u - 0.5));
    case 'count':
      return values;
    default:
      return assertNever(kind);
  }
}

/** Values that one output element sums over. */
function fanIn(kind: 'weight' | 'sparse_weight', shape: Shape, layout: WeightLayout | undefined): number {
  if (layout === 'depthwise-hwio') return elementCount(shape.slice(0, 2));
  return elementCount(kind === 'sparse_weight' || layout === 'hwio' ? shape.slice(0, -1) : shape.slice(1));
}

export interface FilledImages {
  readonly values: Float32Array;
  readonly shape: Shape;
}

/** Images of the stream `name`, values in [-1, 1): drawn in NCHW order, returned as NHWC [batch, height, width, channels]. */
export function fillImages(nchw: readonly [number, number, number, number], name = 'input'): FilledImages {
  const uniform = mulberry32(hash32(name));
  const values = new Float32Array(elementCount(nchw));
  for (let i = 0; i < values.length; i++) values[i] = 2 * uniform() - 1;
  const [batch, channels, height, width] = nchw;
  return { values: nchwToNhwc(values, nchw), shape: [batch, height, width, channels] };
}
