import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { encodePng } from '../../../../datasets/decode/png-encode.ts';
import { readNpy, writeNpy } from '../../../../engine/export/npy.ts';
import { readSafetensors, writeSafetensors } from '../../../../engine/run/safetensors.ts';
import { runLab, scratch } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

const golden = resolve(import.meta.dirname, '../../../fixtures/reference/hr-nas/cityscapes-cs2.json');
const folder = scratch();
afterAll(folder.remove);

interface Golden {
  readonly eval: readonly {
    readonly outputs: readonly {
      readonly shape: readonly number[];
      readonly std: number;
      readonly indices: readonly number[];
      readonly values: readonly number[];
    }[];
  }[];
}

describe('lab predict, slow: runs a network', () => {
  test('cs2 with filled weights and input: the values of the reference file, at their places', async () => {
    const output = folder.path('logits.npy');
    const run = await runLab(['predict', 'hr-nas:cs2', '--weights', 'fill', '--input', 'fill:1x64x128x3', '--output', output, '--json']);
    expect(run.err).toBe('');
    expect(run.json()).toMatchObject({ input: [1, 64, 128, 3], backend: 'wasm', outputs: [{ file: output, shape: [1, 16, 32, 19] }] });
    const { shape, data } = readNpy(readFileSync(output));
    const [, height = 0, width = 0, channels = 0] = shape;
    const expected = (JSON.parse(readFileSync(golden, 'utf8')) as Golden).eval[0]!.outputs[0]!;
    expected.indices.forEach((index, i) => {
      // flat index of [1, channels, height, width]
      const c = Math.floor(index / (height * width));
      const at = (index % (height * width)) * channels + c;
      expect(Math.abs(data[at]! - expected.values[i]!) / expected.std).toBeLessThan(4e-5);
    });
  });

  test('exported weights and a .npy of the same input give the same output bytes', async () => {
    const [weights, first, second, input] = ['w.safetensors', 'a.npy', 'b.npy', 'x.npy'].map(folder.path) as [
      string,
      string,
      string,
      string,
    ];
    const exported = await runLab(['export', 'hr-nas:cs2', '--weights', 'fill', '--safetensors', weights, '--json']);
    expect(exported.json()).toMatchObject({ file: weights, params: 2183176 });
    const file = readSafetensors(readFileSync(weights));
    expect(JSON.parse(file.metadata.architecture ?? '')).toMatchObject({ space: 'hr-nas' });
    const x = Float32Array.from({ length: 2 * 32 * 64 * 3 }, (_, i) => Math.sin(i));
    writeFileSync(input, writeNpy({ shape: [2, 32, 64, 3], data: x }));
    const one = await runLab(['predict', 'hr-nas:cs2', '--weights', 'fill', '--input', input, '--output', first]);
    const two = await runLab(['predict', 'hr-nas:cs2', '--weights', weights, '--input', input, '--output', second]);
    expect([one.exit, two.exit]).toEqual([0, 0]);
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
    expect(readNpy(readFileSync(first)).shape).toEqual([2, 8, 16, 19]);
  });

  test('a picture is normalised as for training', async () => {
    const [picture, a, b, input] = ['p.png', 'pa.npy', 'pb.npy', 'pn.npy'].map(folder.path) as [string, string, string, string];
    const rgb = Uint8Array.from({ length: 32 * 64 * 3 }, (_, i) => (i * 37) % 256);
    writeFileSync(picture, encodePng({ width: 64, height: 32, channels: 3, data: rgb }));
    const [mean, std] = [
      [123.675, 116.28, 103.53],
      [58.395, 57.12, 57.375],
    ];
    const data = Float32Array.from(rgb, (value, i) => (value - mean![i % 3]!) / std![i % 3]!);
    writeFileSync(input, writeNpy({ shape: [1, 32, 64, 3], data }));
    for (const [x, y] of [
      [picture, a],
      [input, b],
    ] as const) {
      expect((await runLab(['predict', 'hr-nas:cs2', '--weights', 'fill', '--input', x, '--output', y])).exit).toBe(0);
    }
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
  });
});

describe('bad input, slow: processes', () => {
  const write = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(folder.path(name), bytes);
    return folder.path(name);
  };
  const y = folder.path('never.npy');
  const predict = (weights: string, input: string): string[] => [
    'predict',
    'hr-nas:cs2',
    '--weights',
    weights,
    '--input',
    input,
    '--output',
    y,
  ];
  const one = Float32Array.of(1);
  const wrongShape = writeSafetensors([
    { name: 'classifier.weight', dtype: 'F32', shape: [1], data: one },
    { name: 'extra', dtype: 'F32', shape: [1], data: one },
  ]);
  test.each([
    ['an input without a size', predict('fill', 'fill:64x128'), 2, 'usage', /fill:BATCHxHEIGHTxWIDTHxCHANNELS/],
    ['an input of too many elements', predict('fill', 'fill:99999x9999x9999x3'), 2, 'usage', /--input expects/],
    ['an input with one channel', predict('fill', 'fill:1x64x128x1'), 2, 'bad-input', /64, 128, 1/],
    ['a missing input', predict('fill', folder.path('no.npy')), 2, 'file-missing', /no\.npy/],
    ['a .npy that is none', predict('fill', write('no1.npy', 'hello there')), 2, 'invalid-npy', /NUMPY/],
    [
      'a .npy of three axes',
      predict('fill', write('no2.npy', writeNpy({ shape: [1, 1, 1], data: one }))),
      2,
      'invalid-input',
      /\[batch, height, width, channels\]/,
    ],
    ['a picture that is none', predict('fill', write('no3.png', '<html>')), 2, 'invalid-input', /no3\.png/],
    ['missing weights', predict(folder.path('no.safetensors'), 'fill:1x64x128x3'), 2, 'file-missing', /the weights/],
    ['weights that are no safetensors', predict(write('no4.safetensors', 'hello there'), 'fill:1x64x128x3'), 2, 'bad-weights-file', /./],
    [
      'weights of another network: shapes and names are listed',
      predict(write('no5.safetensors', wrongShape), 'fill:1x64x128x3'),
      2,
      'bad-weights',
      /is missing/,
    ],
    ['no weights', ['predict', 'hr-nas:cs2', '--input', 'fill:1x64x128x3', '--output', y], 2, 'usage', /Weights are needed/],
    ['no output', ['predict', 'hr-nas:cs2', '--weights', 'fill', '--input', 'fill:1x64x128x3'], 2, 'usage', /--output/],
    ['threads on wasm', [...predict('fill', 'fill:1x64x128x3'), '--threads', '2'], 2, 'threads-not-supported', /one thread/],
    ['an export without a file', ['export', 'hr-nas:cs2', '--weights', 'fill'], 2, 'usage', /--safetensors/],
  ])('%s', async (_, args, exit, code, message) => {
    const run = await runLab([...args, '--json']);
    const { error } = run.json<CliError>();
    expect({ exit: run.exit, code: error.code }).toEqual({ exit, code });
    expect(error.message).toMatch(message);
  });
});
