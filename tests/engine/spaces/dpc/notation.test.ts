import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dpc } from '../../../../engine/spaces/dpc/dpc.ts';
import { formatCell, parseCell } from '../../../../engine/spaces/dpc/notation.ts';

const reference = (name: string): unknown => {
  const file = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'reference', 'dpc', `${name}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { architecture: unknown }).architecture;
};

const conv = { op: 'conv', kernel: 1, input: -1 };

describe('official notation', () => {
  it.each(['top1', 'aspp'])('%s is the published cell, and is written as in the file', (name) => {
    const { arch } = dpc.published.find((published) => published.name === `dpc:${name}`)!;
    expect(dpc.importOfficial(reference(name))).toEqual(arch);
    expect(JSON.stringify(dpc.exportOfficial(arch))).toBe(JSON.stringify(reference(name)));
  });

  it('every operation, uneven grids and chains come back', () => {
    const official = reference('random-a');
    expect(dpc.exportOfficial(dpc.importOfficial(official))).toEqual(official);
    expect(formatCell(parseCell(official))).toEqual(official);
  });

  it('kernels as pairs, other negative numbers for F, and what the official code ignores', () => {
    const written = [
      { op: 'conv', kernel: [1, 1], rate: [3, 3], input: -2 },
      { op: 'conv', kernel: [3, 3], rate: [1, 3], input: 0 },
      { op: 'pyramid_pooling', grid_size: [1, 2], kernel: [33, 17], input: 1 },
    ];
    expect(formatCell(parseCell(written))).toEqual([
      { kernel: 1, op: 'conv', input: -1 },
      { kernel: 3, rate: [1, 3], op: 'conv', input: 0 },
      { grid_size: [1, 2], op: 'pyramid_pooling', input: 1 },
    ]);
  });

  it('settings that differ from the defaults are written beside the cell and come back; the number of branches follows from the list', () => {
    const settings = { backbone: 'xception-65', outputStride: 8 };
    const arch = dpc.importOfficial([conv, { ...conv, input: 0 }], undefined, settings);
    expect(arch.settings).toMatchObject({ ...settings, branches: 2 });
    const official = dpc.exportOfficial(arch) as { cell: unknown; settings: unknown };
    expect(official.cell).toHaveLength(2);
    expect(dpc.importOfficial(official)).toEqual(arch);
    expect(dpc.exportOfficial(dpc.importOfficial([conv]))).toEqual([{ kernel: 1, op: 'conv', input: -1 }]); // the list implies one branch
  });

  it.each<[string, unknown, RegExp]>([
    ['no list', 5, /a list of branches was expected, 5 came/],
    ['an empty list', [], /a list of branches was expected/],
    ['a text as branch', ['conv'], /branch 0 is "conv"; its keys are op, kernel, rate, grid_size, input/],
    ['an unknown key', [{ ...conv, stride: 1 }], /its keys are/],
    ['an unknown operation', [{ ...conv, op: 'maxpool' }], /branch 0 has op "maxpool"; known are conv and pyramid_pooling/],
    ['a kernel of 5', [{ ...conv, kernel: 5 }], /branch 0 has kernel 5/],
    ['no rate', [{ ...conv, kernel: 3 }], /branch 0: rate is undefined/],
    ['a rate of 0', [{ ...conv, kernel: 3, rate: [0, 1] }], /branch 0: rate is \[0,1\]/],
    ['a grid of one number', [{ op: 'pyramid_pooling', grid_size: [2], input: -1 }], /branch 0: grid_size is \[2\]/],
    ['a first branch that reads a branch', [{ ...conv, input: 0 }], /branch 0 has input 0; the first branch reads the features, -1/],
    [
      'a branch that reads itself',
      [conv, { ...conv, input: 1 }],
      /branch 1 has input 1; it reads the features, -1, or a branch from 0 to 0/,
    ],
    ['no input', [{ op: 'conv', kernel: 1 }], /branch 0 has input undefined/],
    [
      'a rate beyond the space',
      [{ ...conv, kernel: 3, rate: [6, 24] }],
      /branch 0 is .*24.*; the space has rates 1, 3, 6, 9, 12, 15, 18, 21/,
    ],
    ['another key beside the cell', { cell: [conv], net: 1 }, /the object has net; known are cell and settings/],
    ['another number of branches', { cell: [conv], settings: { branches: 2 } }, /settings.branches is 2, the list has 1 branches/],
    ['a bad setting', { cell: [conv], settings: { outputStride: 32 } }, /settings.outputStride must be one of 8, 16, not 32/],
  ])('%s is refused', (_, value, message) => {
    expect(() => dpc.importOfficial(value)).toThrow(message);
  });

  it('a setting that file and option say differently, and token counts, are refused', () => {
    const file = { cell: [conv], settings: { classes: 19 } };
    expect(() => dpc.importOfficial(file, undefined, { classes: 21 })).toThrow(/settings.classes is 19 in the file and 21 beside it/);
    expect(() => dpc.importOfficial(file, [1])).toThrow(/this notation has none/);
  });
});
