import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../db/store.ts';
import { latencyName, withNotes } from '../../../../electron/lab/tradeoff/trial-notes.ts';

const trial = { number: 1, metrics: [], cost: { input: [64, 128, 3] } };
const timed = (value: number, details: Json) => ({
  experiment: 'a',
  number: 1,
  kind: 'measured' as const,
  name: latencyName,
  value,
  split: '',
  details,
  createdAt: '2026-01-01T00:00:00.000Z',
});
const usual = { device: 'CPU', backend: 'wasm', threads: 1, mode: 'eager', batch: 1, input: [64, 128, 3] };

describe('the latency of a trial', () => {
  it('is the newest of one picture at its own input, and names all that times depend on', () => {
    const results = [timed(5, usual), timed(9, { ...usual, input: [512, 1024, 3] }), timed(20, { ...usual, batch: 8 })];
    expect(withNotes([trial], [], results)).toEqual([{ ...trial, latencyMs: 5, latencyDevice: 'CPU, wasm, 1 thread, eager' }]);
    const [other] = withNotes([trial], [], [...results, timed(3, { ...usual, backend: 'native', threads: 2, mode: 'compiled' })]);
    expect(other).toMatchObject({ latencyMs: 3, latencyDevice: 'CPU, native, 2 threads, compiled' });
  });
});
