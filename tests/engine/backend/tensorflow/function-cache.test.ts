import { describe, expect, it } from 'vitest';
import { FunctionCache } from '../../../../engine/backend/tensorflow/function-cache.ts';

describe('cache of compiled functions', () => {
  it('beyond its bound the ones used longest ago are removed and forgotten, the newest never', () => {
    const events: string[] = [];
    const cache = new FunctionCache(2100 * 30, (name) => events.push(`remove ${name}`));
    const add = (name: string, ops: number): void => cache.add(name, { ops, constantBytes: 0 }, () => events.push(`forget ${name}`));
    add('a', 10);
    add('b', 10);
    add('c', 10);
    cache.touch('a');
    expect(events).toEqual([]);
    add('d', 15);
    expect(events).toEqual(['forget b', 'remove b', 'forget c', 'remove c']);
    add('huge', 1000);
    expect(events.slice(4)).toEqual(['forget a', 'remove a', 'forget d', 'remove d']);
    expect([cache.size, cache.bytes]).toEqual([1, 2_100_000]);
    cache.remove('huge');
    cache.remove('huge');
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it('constants count, several times over', () => {
    const cache = new FunctionCache(2 ** 20, () => undefined);
    cache.add('large', { ops: 0, constantBytes: 1000 }, () => undefined);
    expect(cache.bytes).toBeGreaterThanOrEqual(5000);
  });
});
