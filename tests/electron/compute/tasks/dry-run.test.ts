import { describe, expect, it } from 'vitest';
import { dryRunTask } from '../../../../electron/compute/tasks/dry-run.ts';
import { openBackend } from '../../../../engine/backend/backend.ts';

describe('dry run of a search', () => {
  it('a precision that the search would be refused is refused before anything is sampled', async () => {
    const control = {
      backend: await openBackend('wasm'),
      signal: new AbortController().signal,
      progress: () => expect.unreachable('nothing is sampled'),
    };
    const config = { preset: 'demo', train: { precision: { id: 'bfloat16' } } };
    await expect(dryRunTask({ config, rankingSplitSize: 4 }, control)).rejects.toMatchObject({ code: 'precision-not-supported' });
  });
});
