import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPublished, parseArchitecture } from '../../../../engine/catalog.ts';
import { publishedSpaces, withDefaults } from '../../../../engine/spaces/vit-resnas/settings.ts';
import { vitResNas } from '../../../../engine/spaces/vit-resnas/vit-resnas.ts';

const docs = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'architectures');
const read = (name: string): unknown => JSON.parse(readFileSync(join(docs, name), 'utf8'));

describe('documented architectures', () => {
  it('the example is the published network, in both notations', () => {
    const tiny = vitResNas.canonical(findPublished('vit-resnas:tiny'));
    expect(parseArchitecture(read('vit-resnas-tiny.json'))).toEqual(tiny);
    expect(vitResNas.canonical(vitResNas.importOfficial(read('vit-resnas-tiny.official.json')))).toEqual(tiny);
  });

  it('the table of settings names every setting with its default, and a stage as it is', () => {
    const text = readFileSync(join(docs, 'README.md'), 'utf8').split('\n## vit-resnas\n')[1]!.split('\n## ')[0]!;
    const rows = new Map([...text.matchAll(/^\| `(\w+)` \| `?([^|`]*)`? \|/gm)].map(([, key, value]) => [key, value!.trim()]));
    const { stages, ...defaults } = withDefaults({});
    expect(Object.fromEntries(rows)).toMatchObject(
      Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, String(value)])),
    );
    expect([...rows.keys()].sort()).toEqual([...Object.keys(defaults), 'stages'].sort());
    expect(JSON.parse(/^A stage of the Tiny space: `(.*)`\.$/m.exec(text)![1]!)).toEqual(stages[0]);
    for (const space of Object.keys(publishedSpaces)) expect(rows.has('space') && text.includes(`\`${space}\``)).toBe(true);
  });
});
