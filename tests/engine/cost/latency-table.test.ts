import { describe, expect, it } from 'vitest';
import { fitPredictor, signatures, sumLatency } from '../../../engine/cost/latency-table.ts';
import type { LayerLatency } from '../../../engine/cost/latency-table.ts';
import { GraphBuilder } from '../../../engine/graph/builder.ts';

/** Three times the same convolution, once another one. */
function network() {
  const builder = new GraphBuilder();
  let x = builder.input('x', [7, 9, 4]);
  const kernel = (name: string, out: number) =>
    builder.weight({ name, shape: [out, 4, 3, 3], kind: 'weight', layout: 'oihw', isRun: true });
  const attrs = { stride: [1, 1], padding: [1, 1, 1, 1] };
  for (const name of ['a', 'b', 'c']) x = builder.node({ op: 'conv2d', inputs: [x], attrs, weights: { kernel: kernel(name, 4) } });
  return builder.build([builder.node({ op: 'conv2d', inputs: [x], attrs, weights: { kernel: kernel('d', 6) } })]);
}

const entry = (signature: string, meanMs: number): LayerLatency => ({ signature, op: 'conv2d', count: 12, meanMs, varianceMs2: 0 });

describe('latency from a table of layers', () => {
  it('layers of the same shapes and attributes are one kind; another number of channels is another', () => {
    const graph = network();
    const [a, b, c, d] = graph.nodes.map(signatures(graph));
    expect(b).toBe(a);
    expect(c).toBe(a);
    expect(d).not.toBe(a);
  });

  it('sums the layers and counts the ones that are missing', () => {
    const graph = network();
    const [a = '', , , d = ''] = graph.nodes.map(signatures(graph));
    const table = new Map([entry(a, 2), entry(d, 5)].map((one) => [one.signature, one]));
    expect(sumLatency(graph, table)).toEqual({ ms: 11, missing: 0 });
    table.delete(d);
    expect(sumLatency(graph, table)).toEqual({ ms: 6, missing: 1 });
  });
});

describe('predictor', () => {
  it('finds the factor on every second network and its error on the others', () => {
    // Fitted on sums 1 and 3 (exactly 2 times); checked on 2 (measured 5: off by 1) and 4 (measured 8: right).
    const pairs = [
      { sumMs: 4, measuredMs: 8 },
      { sumMs: 1, measuredMs: 2 },
      { sumMs: 3, measuredMs: 6 },
      { sumMs: 2, measuredMs: 5 },
    ];
    const predictor = fitPredictor(pairs);
    expect(predictor).toMatchObject({ factor: 2, fitted: 2, checked: 2 });
    expect(predictor?.errorMs).toBeCloseTo(Math.sqrt(0.5), 12);
  });

  it('is not there under four networks', () => {
    expect(fitPredictor([1, 2, 3].map((ms) => ({ sumMs: ms, measuredMs: ms })))).toBeUndefined();
  });
});
