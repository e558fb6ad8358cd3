import { describe, expect, it } from 'vitest';
import type { DatasetView } from '../../../electron/ipc/contract.ts';
import { checkStart } from '../../../electron/lab/search-setup.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';

const classes = Array.from({ length: 19 }, (_, id) => ({ id, name: `class ${id}`, color: [0, 0, 0] }));
const city: DatasetView = {
  name: 'city',
  kind: 'cityscapes',
  task: 'segmentation',
  root: '/d',
  fingerprint: 'f',
  splits: {},
  classes,
  isSynthetic: true,
  addedAt: '',
  isAvailable: true,
};
const demo = parseSearchConfig({ preset: 'demo' });

describe('checkStart', () => {
  it('the demo on Cityscapes may start, with and without a named backend', () => {
    checkStart(demo, {}, city);
    checkStart(demo, { backend: 'cpu' }, city);
  });

  it.each([
    ['a backend that does not exist', demo, { backend: 'abacus' }, city, 'unknown-backend'],
    ['a backend that is not here', demo, { backend: 'webgpu' }, city, 'backend-not-available'],
    ['threads on a backend without', demo, { threads: 2 }, city, 'threads-not-supported'],
    ['a batch too large for the backend that would be chosen', parseSearchConfig({ preset: 'paper' }), {}, city, 'batch-too-large'],
    ['a data set with other classes', demo, {}, { ...city, classes: classes.slice(1) }, 'classes-differ'],
  ])('%s is refused', (_case, config, request, dataset, code) => {
    expect(() => checkStart(config, request, dataset)).toThrow(expect.objectContaining({ code }));
  });
});
