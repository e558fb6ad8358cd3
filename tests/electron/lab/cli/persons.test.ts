import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesizeKeypoints } from '../../../../datasets/coco-keypoints/synthesize/synthesize.ts';
import { decodePng } from '../../../../datasets/decode/png-decode.ts';
import { openLab } from '../../../../electron/lab/lab.ts';
import type { OpenedLab } from '../../../../electron/lab/lab.ts';
import { runOn } from './fake-lab.ts';
import { scratch, type CliError } from './run-lab.ts';

const folder = scratch();
const network = ['lite-hrnet:naive-18', '--weights', 'fill'];
let opened: OpenedLab;
let root: string;
let picture: string;

beforeAll(async () => {
  root = folder.path('people');
  await synthesizeKeypoints(root, { train: 2, val: 2, height: 96, width: 128 });
  picture = join(root, 'val2017', readdirSync(join(root, 'val2017'))[0] as string);
  opened = openLab({ home: folder.path('home') });
  await opened.api.addDataset({ root, name: 'people' });
});
afterAll(async () => {
  await opened.close();
  folder.remove();
});

describe('lab submission coco-keypoints, slow: runs networks', () => {
  const submit = (...args: string[]) =>
    runOn(opened.api, [
      'submission',
      'coco-keypoints',
      '--arch',
      'lite-hrnet:naive-18',
      '--weights',
      'fill',
      '--data',
      'people',
      '--size',
      '64x64',
      ...args,
    ]);

  it('val: the persons that lab evaluate predicts, as a file and in a zip file', async () => {
    const out = folder.path('results');
    const run = await submit('--split', 'val', '--out', out, '--json');
    expect(run.exit, run.out).toBe(0);
    const name = 'person_keypoints_val2017_paretoscope_results';
    expect(readdirSync(out).sort()).toEqual([`${name}.json`, `${name}.zip`]);
    const content = readFileSync(join(out, `${name}.json`));
    const evaluated = await opened.api.evaluate({
      subject: { kind: 'published', name: 'lite-hrnet:naive-18', weights: { kind: 'fill' } },
      dataset: 'people',
      fit: [64, 64],
      backend: 'wasm',
    });
    expect(content.equals(readFileSync(evaluated.resultsFile as string))).toBe(true);
    const zip = readFileSync(join(out, `${name}.zip`));
    const nameLength = zip.readUInt16LE(26);
    expect(zip.toString('latin1', 30, 30 + nameLength)).toBe(`${name}.json`);
    expect(inflateRawSync(zip.subarray(30 + nameLength, 30 + nameLength + zip.readUInt32LE(18))).equals(content)).toBe(true);
    expect((await submit('--split', 'val', '--out', out, '--json')).json<CliError>().error.code).toBe('file-exists');
    expect((await submit('--split', 'val', '--out', out, '--force')).out).toContain('lab metric coco-keypoints');
  });

  it('boxes of a detector: one result for each box', async () => {
    const boxes = folder.path('boxes.json');
    const imageId = Number(/(\d+)\.jpg$/.exec(picture)?.[1]);
    const box = (x: number) => ({ image_id: imageId, category_id: 1, bbox: [x, 5, 30, 60], score: 0.5 });
    writeFileSync(boxes, JSON.stringify([box(0), box(90)]));
    const run = await submit('--split', 'val', '--boxes', boxes, '--out', folder.path('detected'), '--json');
    expect(run.json()).toMatchObject({ persons: 2, results: 2 });
  });

  it('Cityscapes has no boxes', async () => {
    const run = await runOn(opened.api, [
      'submission',
      'cityscapes',
      '--arch',
      'hr-nas:cs2',
      '--data',
      'people',
      '--boxes',
      'b',
      '--out',
      'o',
      '--json',
    ]);
    expect(run.json<CliError>().error.code).toBe('usage');
  });
});

describe('lab predict of persons, slow: runs networks', () => {
  const predict = (...args: string[]) => runOn(opened.api, ['predict', ...network, '--input', picture, '--size', '64x64', ...args]);

  it('joints of each box as numbers, best person first', async () => {
    const output = folder.path('joints.json');
    const run = await predict('--box', '0,5,40,80', '--box', '80,5,40,80', '--output', output, '--json');
    expect(run.exit, run.out).toBe(0);
    const persons = JSON.parse(readFileSync(output, 'utf8')) as { score: number; keypoints: number[] }[];
    expect(run.json<{ persons: unknown }>().persons).toEqual(persons);
    expect(persons.map(({ keypoints }) => keypoints.length)).toEqual([51, 51]);
    expect(persons[0]!.score).toBeGreaterThanOrEqual(persons[1]!.score);
  });

  it('without a box the whole picture is looked at; drawn over the picture at its size', async () => {
    const output = folder.path('joints.png');
    const run = await predict('--output', output);
    expect(run.exit, run.err).toBe(0);
    expect(decodePng(readFileSync(output))).toMatchObject({ height: 96, width: 128 });
  });

  it.each([
    ['a box of three numbers', ['--box', '1,2,3', '--output', 'o.json'], 'usage'],
    ['a box outside of the picture', ['--box', '500,5,40,80', '--output', 'o.json'], 'usage'],
    ['a box and raw output', ['--box', '1,2,30,40', '--output', 'o.npy'], 'usage'],
  ])('%s: exit 2', async (_, args, code) => {
    const run = await predict(...args, '--json');
    expect(run.exit).toBe(2);
    expect(run.json<CliError>().error.code).toBe(code);
  });

  it('a network for pixels: refused', async () => {
    const run = await runOn(opened.api, ['predict', 'hr-nas:cs2', '--weights', 'fill', '--input', picture, '--output', 'o.json', '--json']);
    expect(run.json<CliError>().error).toMatchObject({ code: 'wrong-task', message: expect.stringContaining('19 classes') as unknown });
  });
});
