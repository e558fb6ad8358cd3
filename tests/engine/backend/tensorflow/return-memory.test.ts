import { expect, it } from 'vitest';
import { returnMemory } from '../../../../engine/backend/tensorflow/return-memory.ts';

const heapMegabytes = (): number => process.memoryUsage().heapTotal / 1e6;

it('a heap that grew gives its empty pages back', () => {
  const held = { garbage: Array.from({ length: 100 }, (_, i) => Array.from({ length: 65_536 }, (_, j) => i + j / 2)) };
  const grown = heapMegabytes();
  expect(held.garbage).toHaveLength(100);
  held.garbage = [];
  returnMemory();
  expect(grown - heapMegabytes()).toBeGreaterThan(40);
  expect('gc' in globalThis).toBe(false);
});
