import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPublished, findSpace, parseArchitecture } from '../../../../engine/catalog.ts';
import { cellText } from '../../../../engine/spaces/dpc/canonical-cell.ts';
import { publishedSettings } from '../../../../engine/spaces/dpc/settings.ts';
import { publishedCell } from './published-cell.ts';

const docs = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'architectures');
const read = (name: string): string => readFileSync(join(docs, name), 'utf8');

describe('documented architectures', () => {
  it('the example is the published cell, in both notations', () => {
    const space = findSpace('dpc');
    const top1 = space.canonical(findPublished('dpc:top1'));
    expect(parseArchitecture(JSON.parse(read('dpc-top1.json')))).toEqual(top1);
    expect(space.canonical(space.importOfficial(JSON.parse(read('dpc-top1.official.json'))))).toEqual(top1);
  });

  it('the table of settings names every setting, with its default; size and text of the example are right', () => {
    const section = /^## dpc$([^]*?)^## /m.exec(read('README.md'))?.[1] ?? '';
    for (const [key, value] of Object.entries(publishedSettings('mobilenet-v2'))) {
      const row = section.split('\n').find((line) => line.startsWith(`| \`${key}\``));
      expect(row?.split('|')[2], key).toContain(Array.isArray(value) ? `[${value.join(', ')}]` : String(value));
    }
    expect(section).toContain(cellText(publishedCell('top1')));
    expect(section).toContain(findSpace('dpc').countNetworks!({}).toLocaleString('en'));
  });
});
