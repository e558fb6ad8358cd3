import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';
import { runLab, scratch } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

const folder = scratch();
afterAll(folder.remove);
const write = (name: string, value: unknown): string => {
  const path = folder.path(name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

describe('lab space, slow: processes', () => {
  test('ls and show: spaces with size, presets and published networks', async () => {
    const { spaces } = (await runLab(['space', 'ls', '--json'])).json<{
      spaces: { id: string; presets: string[]; published: string[] }[];
    }>();
    expect(spaces[0]).toMatchObject({ id: 'hr-nas', choices: 227 });
    expect(spaces[0]?.presets).toEqual(['paper', 'desktop', 'demo', 'hrnas-pose', 'hrnas-pose-desktop', 'hrnas-pose-demo']);
    expect(spaces[0]?.published).toContain('hr-nas:cs5');
    const shown = (await runLab(['space', 'show', 'hr-nas', '--json'])).json<{ choices: { name: string; range: number[] }[] }>();
    expect(shown.choices[0]).toMatchObject({ name: 'fuse0.0.0.k3', range: [0, 96] });
    const folded = (await runLab(['space', 'show', 'hr-nas'])).out;
    expect(folded).toMatch(/^par0\.0\.0 +k3 k5 k7: 0\.\.96; tokens: 0\.\.64 +24 -> 24 channels, stride 1$/m);
    expect(folded.split('\n').length).toBeLessThan(90);
    const whole = (await runLab(['space', 'show', 'hr-nas', '--all'])).out;
    expect(whole).toMatch(/^par0\.0\.0\.k5 +0\.\.96 +hidden channels of the 5x5 kernel, 24 -> 24 channels, stride 1$/m);
    for (const { name } of shown.choices) expect(whole).toContain(name);
  });

  test('sample: JSON lines that follow from the seed; as one document with --json', async () => {
    const first = await runLab(['space', 'sample', 'hr-nas', '--count', '3', '--seed', '5']);
    const lines = first.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Architecture);
    expect(lines.map((arch) => arch.space)).toEqual(['hr-nas', 'hr-nas', 'hr-nas']);
    const again = await runLab(['space', 'sample', 'hr-nas', '--count', '3', '--seed', '5', '--json']);
    expect(again.json()).toEqual({ architectures: lines });
    expect((await runLab(['space', 'sample', 'hr-nas', '--count', '3', '--seed', '6'])).out).not.toBe(first.out);
  });

  test('sample --max-macs far below the middle of the space: architectures within it', async () => {
    const path = write('sampled.json', (await runLab(['space', 'sample', 'hr-nas', '--max-macs', '2G'])).out);
    expect((await runLab(['cost', path, '--json'])).json<{ macs: number }>().macs).toBeLessThanOrEqual(2e9);
  });

  test('sample --max-macs below the smallest: infeasible, exit 3, the smallest is named', async () => {
    const run = await runLab(['space', 'sample', 'hr-nas', '--max-macs', '1M', '--json']);
    expect(run.exit).toBe(3);
    expect(run.json<CliError>().error).toMatchObject({ code: 'infeasible', tip: expect.stringContaining('M MACs at 512x1024x3') });
  });
});

describe('lab arch, slow: processes', () => {
  test('published prints an architecture; export and import give it back', async () => {
    const published = (await runLab(['arch', 'published', 'hr-nas', 'cs2'])).json<Architecture>();
    expect(published).toMatchObject({ space: 'hr-nas', version: 1 });
    const official = write('official.json', (await runLab(['arch', 'export', 'hr-nas:cs2'])).json());
    expect((await runLab(['arch', 'import', 'hr-nas', official])).json()).toEqual(published);
  });

  test('import with the token counts in a file of their own', async () => {
    const { blocks, tokens } = (await runLab(['arch', 'export', 'hr-nas:cs2'])).json<{ blocks: unknown; tokens: number[] }>();
    const imported = await runLab(['arch', 'import', 'hr-nas', write('blocks.json', blocks), '--tokens', write('tokens.json', tokens)]);
    expect(imported.json()).toEqual((await runLab(['arch', 'published', 'hr-nas', 'hr-nas:cs2'])).json());
  });
});

describe('lab arch import of networks in the retraining form, slow: processes', () => {
  test('--fused and --settings say what the notation does not; without them the assumed form is told', async () => {
    const inFile = (await runLab(['arch', 'export', 'hr-nas:in'])).json<{ blocks: unknown }>();
    const bare = write('in.json', inFile.blocks);
    const plain = await runLab(['arch', 'import', 'hr-nas', bare]);
    expect(plain.json<Architecture>().settings).toMatchObject({ task: 'classification', blockForm: 'search' });
    expect(plain.err).toMatch(/Read as the search form .* --fused/);
    const settings = write('settings.json', { activation: 'swish', dropout: 0.28 });
    const fused = await runLab(['arch', 'import', 'hr-nas', bare, '--fused', '--settings', settings]);
    expect(fused.json()).toEqual((await runLab(['arch', 'published', 'hr-nas', 'in'])).json());
    expect(fused.err).toBe('');
  });

  test('a file that names its form needs no option and nothing is told', async () => {
    const whole = write('whole.json', (await runLab(['arch', 'export', 'hr-nas:cs2'])).json());
    expect((await runLab(['arch', 'import', 'hr-nas', whole])).err).toBe('');
  });
});

describe('lab cost and graph, slow: processes', () => {
  test('cost: the figures of the published network, from its name, a file and standard input alike', async () => {
    const expected = { params: 2183176, macs: 61943184, input: [64, 128, 3], scope: 'full' };
    const named = await runLab(['cost', 'hr-nas:cs2', '--input', '64x128', '--json']);
    expect(named.json()).toMatchObject(expected);
    expect(named.json()).not.toHaveProperty('nodes');
    const text = (await runLab(['arch', 'published', 'hr-nas', 'cs2'])).out;
    expect((await runLab(['cost', write('cs2.json', text), '--input', '64x128', '--json'])).json()).toMatchObject(expected);
    expect((await runLab(['cost', '-', '--input', '64x128', '--json'], { input: text })).json()).toMatchObject(expected);
    expect((await runLab(['cost', 'hr-nas:cs2', '--input', '64x128'])).out).toContain('61.9 M MACs (61943184');
  });

  test('cost --per-node: the nodes add up to the total', async () => {
    const cost = (await runLab(['cost', 'hr-nas:cs2', '--input', '64x128', '--per-node', '--json'])).json<{
      macs: number;
      nodes: { macs: number }[];
    }>();
    expect(cost.nodes.reduce((sum, node) => sum + node.macs, 0)).toBe(cost.macs);
  });

  test('graph --svg writes a drawing of stages, blocks or nodes; --detail alone is refused', async () => {
    const target = folder.path('cs2.svg');
    const run = await runLab(['graph', 'hr-nas:cs2', '--input', '64x128', '--svg', target, '--detail', 'blocks', '--json']);
    expect(run.json()).toMatchObject({ file: target, name: 'cs2.svg', bytes: expect.any(Number) });
    expect(readFileSync(target, 'utf8')).toMatch(/^<svg[^]*hr-nas:cs2[^]*par4\.3\.3[^]*<\/svg>/);
    expect((await runLab(['graph', 'hr-nas:cs2', '--detail', 'blocks'])).exit).toBe(2);
    expect((await runLab(['graph', 'hr-nas:cs2', '--form', 'retrain', '--json'])).json<CliError>().error.code).toBe('no-retrain-form');
  });

  test('diff: what differs block by block with its cost; a network with itself: nothing', async () => {
    const run = await runLab(['diff', 'hr-nas:cs1', 'hr-nas:cs2', '--input', '64x128', '--json']);
    const { a, b, blocks, counts } = run.json<{
      a: { macs: number };
      b: { macs: number };
      counts: Record<string, number>;
      blocks: { key: string; status: string; before?: { macs: number }; after?: { macs: number } }[];
    }>();
    const difference = blocks.reduce((sum, { before, after }) => sum + (after?.macs ?? 0) - (before?.macs ?? 0), 0);
    expect(difference).toBe(b.macs - a.macs);
    expect(counts['changed']).toBe(blocks.filter(({ status }) => status === 'changed').length);
    const same = await runLab(['diff', 'hr-nas:cs1', 'hr-nas:cs1', '--input', '64x128']);
    expect(same.out).toMatch(/blocks +0 added, 0 removed, 0 changed, 73 equal/);
  });

  test('graph: inputs, nodes, outputs and the official weights', async () => {
    const graph = (await runLab(['graph', 'hr-nas:cs1', '--input', '64x128'])).json<{
      inputs: unknown[];
      nodes: unknown[];
      weights: { name: string }[];
    }>();
    expect(graph.inputs).toEqual([{ id: expect.any(String), shape: [64, 128, 3] }]);
    expect(graph.nodes.length).toBeGreaterThan(100);
    expect(graph.weights.length).toBeGreaterThan(100);
  });
});

describe('bad input, slow: processes', () => {
  const cs2 = { space: 'hr-nas', version: 1, settings: {}, choices: {} };
  test.each([
    ['a missing file', ['cost', folder.path('none.json')], 'file-missing', /there is no file/],
    ['a folder', ['cost', folder.dir], 'file-missing', /is a folder/],
    ['not JSON', ['cost', write('bad.json', '{ "space": ')], 'invalid-json', /is not JSON/],
    ['not an architecture', ['cost', write('list.json', [1, 2])], 'bad-architecture', /expected \{ space/],
    ['an unknown space in a file', ['cost', write('space.json', { ...cs2, space: 'x' })], 'unknown-space', /no search space 'x'/],
    ['an unknown space in a name', ['cost', 'nope:cs2'], 'unknown-space', /known: hr-nas/],
    ['an unknown published network', ['cost', 'hr-nas:cs9'], 'unknown-architecture', /known: hr-nas:cs1/],
    [
      'choices left out: every path is named',
      ['cost', write('empty.json', cs2)],
      'bad-architecture',
      /choices\.fuse0\.0\.0\.k3 is missing/,
    ],
    ['an unknown setting', ['cost', write('setting.json', { ...cs2, settings: { depth: 3 } })], 'bad-architecture', /settings\.depth/],
    ['a size without x', ['cost', 'hr-nas:cs2', '--input', '64'], 'usage', /HEIGHTxWIDTH.*'64'/],
    ['a size of zero', ['cost', 'hr-nas:cs2', '--input', '0x64'], 'usage', /HEIGHTxWIDTH/],
    ['a size that the network cannot take', ['cost', 'hr-nas:cs2', '--input', '2x2'], 'bad-input', /8 to 16384/],
    ['a count that is no number', ['space', 'sample', 'hr-nas', '--count', 'many'], 'usage', /whole number.*'many'/],
    ['MACs that are no count', ['space', 'sample', 'hr-nas', '--max-macs', '-3'], 'usage', /positive count/],
    [
      'an official notation of another network',
      ['arch', 'import', 'hr-nas', write('off.json', [[24, 1, 1, [3], [4], true]])],
      'bad-architecture',
      /1 came/,
    ],
    [
      'settings that are no object',
      ['arch', 'import', 'hr-nas', write('off3.json', []), '--settings', write('s.json', [1])],
      'usage',
      /settings as a JSON object/,
    ],
    [
      'settings against --fused',
      ['arch', 'import', 'hr-nas', write('off4.json', []), '--fused', '--settings', write('s2.json', { blockForm: 'search' })],
      'usage',
      /contradict/,
    ],
    [
      'tokens that are no list',
      ['arch', 'import', 'hr-nas', write('off2.json', []), '--tokens', write('t.json', { a: 1 })],
      'bad-architecture',
      /tokens/,
    ],
  ])('%s: exit 2, code and message', async (_, args, code, message) => {
    const run = await runLab([...args, '--json']);
    expect(run.exit).toBe(2);
    const { error } = run.json<CliError>();
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('a choice out of range names its path, what came and the options', async () => {
    const arch = (await runLab(['arch', 'published', 'hr-nas', 'cs2'])).json<Architecture>();
    const path = write('range.json', { ...arch, choices: { ...arch.choices, 'fuse2.0.1.k3': 1000, 'par0.0.0.k5': 1.5 } });
    const run = await runLab(['cost', path]);
    expect(run.exit).toBe(2);
    expect(run.out).toBe('');
    expect(run.err).toMatch(/choices\.fuse2\.0\.1\.k3 is 1000; the options are 0\.\.\d+/);
    expect(run.err).toMatch(/choices\.par0\.0\.0\.k5 is 1\.5/);
    expect(run.err).toMatch(/\nTip: /);
  });
});
