import { describe, expect, it } from 'vitest';
import { predictLatency, type LatencyModel } from '../../../engine/cost/latency-model.ts';
import { signatures } from '../../../engine/cost/latency-table.ts';
import { liteHrNet } from '../../../engine/spaces/lite-hrnet/lite-hrnet.ts';

const graph = liteHrNet.graph(liteHrNet.smallest(liteHrNet.defaultSettings), [64, 64, 3]);
const layers = Object.fromEntries(graph.nodes.map((node) => [signatures(graph)(node), 2]));
const model: LatencyModel = { profile: 'p', device: 'd', factor: 0.5, errorMs: 1, layers };

describe('predictLatency', () => {
  it('the sum over all layers times the factor, layers of one kind counted each time', () => {
    expect(predictLatency(graph, model)).toEqual({ ms: graph.nodes.length });
  });

  it('a layer that the profile lacks is named, and no sum without it is given', () => {
    const last = graph.nodes.at(-1)!;
    const { [signatures(graph)(last)]: _lacking, ...others } = layers;
    expect(predictLatency(graph, { ...model, layers: others })).toEqual({ missing: [last] });
  });

  it('nothing is known of the same network at another size', () => {
    const larger = liteHrNet.graph(liteHrNet.smallest(liteHrNet.defaultSettings), [96, 64, 3]);
    expect(predictLatency(larger, model)).toHaveProperty('missing');
  });
});
