import { describe, expect, it } from 'vitest';
import { annotatedConfig, optionNotes, parseConfigText } from '../../../engine/search/annotated-config.ts';
import { parseSearchConfig, type PresetName } from '../../../engine/search/config.ts';
import { dataDefaults, proxyDefaults, strategyDefaults } from '../../../engine/search/presets/defaults.ts';
import { presets } from '../../../engine/search/presets.ts';

describe('annotatedConfig', () => {
  it.each(Object.keys(presets) as PresetName[])('%s: the printed text reads back as the same config', (preset) => {
    expect(parseSearchConfig(parseConfigText(annotatedConfig(preset), 'test'))).toEqual(parseSearchConfig({ preset }));
  });

  it('every option of two levels has a note, and every note an option', () => {
    const config = parseSearchConfig({ preset: 'paper' });
    const paths = Object.entries(config).flatMap(([key, value]) => [
      key,
      ...(typeof value === 'object' && key !== 'space' ? Object.keys(value).map((inner) => `${key}.${inner}`) : []),
    ]);
    const others = Object.entries({ strategy: strategyDefaults, data: dataDefaults, proxy: proxyDefaults }).flatMap(
      ([section, alternatives]) => Object.values(alternatives).flatMap((one) => Object.keys(one).map((key) => `${section}.${key}`)),
    );
    const expected = new Set([...paths, ...others]);
    expected.delete('strategy.id');
    expect([...expected].sort()).toEqual(Object.keys(optionNotes).sort());
  });
});

describe('parseConfigText', () => {
  it('slashes inside strings are no comment', () => {
    expect(parseConfigText('{ "a": "x//y", // note "b"\n "c\\"//": 1 }', 'test')).toEqual({ a: 'x//y', 'c"//': 1 });
  });

  it.each(['', '{', '{"a": 1,}', '// only a comment'])('%j is refused and names its source', (text) => {
    expect(() => parseConfigText(text, 'my.json')).toThrow(/^my\.json: expected JSON/);
  });
});
