import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPublished, findSpace, parseArchitecture } from '../../../../engine/catalog.ts';
import { checkSettings, publishedSettings } from '../../../../engine/spaces/hr-nas/settings.ts';
import type { SettingValue } from '../../../../engine/spaces/search-space.ts';

const docs = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'architectures');
const read = (name: string): unknown => JSON.parse(readFileSync(join(docs, name), 'utf8'));

describe('documented architectures', () => {
  it('the example is the published network, in both notations', () => {
    const space = findSpace('hr-nas');
    const cs2 = space.canonical(findPublished('hr-nas:cs2'));
    expect(parseArchitecture(read('hr-nas-cs2.json'))).toEqual(cs2);
    expect(space.canonical(space.importOfficial(read('hr-nas-cs2.official.json')))).toEqual(cs2);
  });

  it('the table of settings names every setting, with its defaults', () => {
    const text = readFileSync(join(docs, 'README.md'), 'utf8');
    const row = (key: string): string | undefined => text.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${key}\``));
    for (const [key, value] of Object.entries(publishedSettings.segmentation)) {
      expect(row(key), key).toBeDefined();
      if (!['stages', 'bnMomentum', 'bnEpsilon'].includes(key))
        expect(row(key)!.split('|')[2], key).toContain(
          String(typeof value === 'object' ? JSON.stringify(value).replaceAll(',', ', ') : value),
        );
    }
    const stages = /^Published stages: `(.*)`/m.exec(text)?.[1];
    expect(JSON.parse(stages!)).toEqual(publishedSettings.segmentation.stages);
  });

  it('published settings are valid for every task', () => {
    for (const settings of Object.values(publishedSettings))
      expect(checkSettings(settings as unknown as Record<string, SettingValue>)).toEqual([]);
  });
});
