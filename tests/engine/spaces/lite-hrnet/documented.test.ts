import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPublished, parseArchitecture } from '../../../../engine/catalog.ts';
import { liteHrNet } from '../../../../engine/spaces/lite-hrnet/lite-hrnet.ts';
import { checkSettings, publishedSettings } from '../../../../engine/spaces/lite-hrnet/settings.ts';

const docs = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'architectures');
const read = (name: string): unknown => JSON.parse(readFileSync(join(docs, name), 'utf8'));

describe('documented architectures', () => {
  it('the example is the published network, in both notations', () => {
    const eighteen = liteHrNet.canonical(findPublished('lite-hrnet:18'));
    expect(parseArchitecture(read('lite-hrnet-18.json'))).toEqual(eighteen);
    expect(liteHrNet.canonical(liteHrNet.importOfficial(read('lite-hrnet-18.official.json')))).toEqual(eighteen);
  });

  it('the table of settings names every setting with its default, the text every published network', () => {
    const text = readFileSync(join(docs, 'README.md'), 'utf8').split('\n## lite-hrnet\n')[1]!.split('\n## ')[0]!;
    const rows = [...text.matchAll(/^\| `(\w+)` \| `?([^|`]*)`? \|/gm)].map(([, key, value]) => [key, value!.trim()]);
    const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value).replaceAll(',', ', ') : String(value));
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(publishedSettings.coco).map(([key, value]) => [key, shown(value)])),
    );
    for (const { name } of liteHrNet.published) expect(text).toMatch(new RegExp(`\`(lite-hrnet:)?${name.split(':')[1]}\``));
  });

  it('published settings are valid for both heads', () => {
    for (const settings of Object.values(publishedSettings)) expect(checkSettings(settings)).toEqual([]);
  });
});
