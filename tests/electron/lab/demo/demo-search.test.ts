import { describe, expect, it } from 'vitest';
import { baselineConfig, demoConfig } from '../../../../electron/lab/demo/demo-search.ts';
import { demos } from '../../../../electron/lab/demo/demos.ts';
import { demoNames } from '../../../../electron/ipc/demo.ts';
import { parseSearchConfig } from '../../../../engine/search/config.ts';
import { planSearch } from '../../../../engine/search/plan.ts';

describe.each(demoNames)('the demo %s', (name) => {
  const demo = demos[name];

  it('has a configuration, long and quick, whose data are of the kind that it draws', () => {
    const long = demoConfig(demo, 'drawn', { seed: 3 });
    const quick = demoConfig(demo, 'drawn', { quick: true });
    expect(long).toMatchObject({ preset: demo.preset, seed: 3, data: { dataset: 'drawn' } });
    expect(planSearch(quick).totalSteps).toBeLessThan(planSearch(long).totalSteps / 5);
    expect(parseSearchConfig(quick)).toEqual(quick);
  });

  it('a random search beside it has the same data, recipe and limits, and as many training steps', () => {
    const config = demoConfig(demo, 'drawn');
    const random = baselineConfig(config, '/experiments/first');
    expect(parseSearchConfig(random)).toEqual(random);
    // cells are tried on the backbone that the first search made
    const proxy = config.proxy.id === 'none' ? config.proxy : { ...config.proxy, weights: '/experiments/first/backbone.safetensors' };
    expect({ ...random, strategy: undefined }).toEqual({ ...config, proxy, strategy: undefined });
    expect(random.strategy.id).toBe('random');
    const [own, its] = [planSearch({ ...config, proxy }), planSearch(random)].map(({ totalSteps }) => totalSteps) as [number, number];
    const { strategy } = config;
    // a shrinking search divides its steps among networks trained as long as those of its front
    const rest = strategy.id === 'shrink' ? strategy.warmupSteps + strategy.steps : 1;
    expect(own - its).toBeGreaterThanOrEqual(0);
    expect(own - its).toBeLessThan(rest);
  });
});
