import { describe, expect, test } from 'vitest';
import { quantityArgument, size, trialNumber, wholeNumber } from '../../../../electron/lab/cli/arguments.ts';
import { bytesText, durationText, shellWord } from '../../../../electron/lab/cli/format.ts';
import { prettyJson } from '../../../../electron/lab/cli/pretty-json.ts';
import { facts, table } from '../../../../electron/lab/cli/table.ts';

test('table: columns as wide as their widest cell, numbers to the right, nothing after the last word', () => {
  const text = table(
    [{ title: 'id' }, { title: 'MACs', align: 'right' }, { title: '' }],
    [
      ['a', '1.9 G', ''],
      ['ab — c', '61 M', 'x'],
    ],
  );
  expect(text.split('\n')).toEqual(['id       MACs', 'a       1.9 G', 'ab — c   61 M  x']);
});

test('facts: empty values left out, further lines below the first', () => {
  expect(
    facts([
      ['one', 'a\nb'],
      ['none', undefined],
      ['empty', ''],
      ['three', 'c'],
    ]),
  ).toBe('one    a\n       b\nthree  c');
  expect(facts([])).toBe('');
});

test('bytes and durations', () => {
  expect([0, 999, 1000, 12_345, 999_600, 2.5e9].map(bytesText)).toEqual(['0 B', '999 B', '1.0 kB', '12 kB', '1.0 MB', '2.5 GB']);
  expect([0.4, 59.4, 59.6, 185, 3599.9, 7391, 1553479, NaN].map(durationText)).toEqual([
    '0 s',
    '59 s',
    '1:00 min',
    '3:05 min',
    '1:00:00 h',
    '2:03:11 h',
    '18 days',
    '—',
  ]);
});

test('shell words: quoted only where needed', () => {
  expect(['plain-1.json', 'a=b', 'two words', "it's"].map(shellWord)).toEqual(['plain-1.json', 'a=b', "'two words'", "'it'\\''s'"]);
});

describe('prettyJson', () => {
  test('the same value as JSON.stringify writes, short parts on one line', () => {
    const value = {
      a: [1, 2, 3],
      b: { c: NaN, d: undefined },
      e: Array.from({ length: 60 }, (_, i) => i),
      f: 'x"y',
      g: [] as number[],
      h: {},
    };
    const text = prettyJson(value);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    expect(text).toContain('"a": [1, 2, 3],\n');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  test('values without a JSON form', () => {
    expect([prettyJson(undefined), prettyJson(null), prettyJson('a')]).toEqual(['null', 'null', '"a"']);
  });
});

describe('arguments', () => {
  test('what is accepted', () => {
    expect(size('--input')('64x128')).toEqual([64, 128]);
    expect(['61M', '1.9G', '500', '12k', '1e6'].map(quantityArgument('--max-macs'))).toEqual([61e6, 1.9e9, 500, 12e3, 1e6]);
    expect(wholeNumber('--seed', 0)('7')).toBe(7);
    expect(['t12', '12'].map(trialNumber)).toEqual([12, 12]);
  });

  test.each(['', '64', '64x', 'x64', '64*128', '0x8', '8x0', '-8x8', '8.5x8', '64x128x3', '999999x1'])('size %j is refused', (text) => {
    expect(() => size('--input')(text)).toThrow(/--input expects a size HEIGHTxWIDTH/);
  });

  test.each(['', '0', '-1M', '1T', 'M', '1,5G', 'Infinity', 'NaN'])('count %j is refused', (text) => {
    expect(() => quantityArgument('--max-macs')(text)).toThrow(/positive count/);
  });

  test.each(['', '1.5', '1e3', 'x', '0x10', '-1', '11'])('whole number %j outside of 0 to 10 is refused', (text) => {
    expect(() => wholeNumber('--seed', 0, 10)(text)).toThrow(/whole number from 0 to 10/);
  });
});
