import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { passes } from '../../../engine/verify/check.ts';
import { defaultVerifyOptions, verifyGolden } from '../../../engine/verify/verify.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'reference', 'dpc');

it.each(['top1-small', 'mobilenet-v2-os16-even'])(
  'slow: DPC on the reference backend: %s passes, its forward pass compared',
  async (name) => {
    const backend = await openBackend('cpu');
    const value: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const result = await verifyGolden(name, value, defaultVerifyOptions(backend));
    expect(result.checks.filter((check) => !passes(check))).toEqual([]);
    expect(result).toMatchObject({ pass: true, skipped: [] });
  },
  60_000,
);
