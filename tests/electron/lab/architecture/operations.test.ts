import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../db/store.ts';
import type { ArchitectureRef } from '../../../../electron/ipc/architecture.ts';
import { argumentSchemas } from '../../../../electron/ipc/schemas/arguments.ts';
import { createArchitectureApi } from '../../../../electron/lab/architecture/operations.ts';
import { findPublished } from '../../../../engine/catalog.ts';
import { labOn, shrunk, supernet } from './shrunk-experiment.ts';

const narrow = shrunk({ 'fuse0.0.0.k3': 3, 'par0.0.0.k7': 0 });
const narrower = shrunk({ 'fuse0.0.0.k3': 1, 'par0.0.0.k7': 0, 'par0.0.0.tokens': 0 });
const trials = [
  { number: 0, arch: supernet, value: 0.5, series: 'rho=0', operator: 'train', role: 'reference' },
  { number: 1, arch: supernet, value: 0.3, series: 'rho=0.1', role: 'trajectory' },
  { number: 2, arch: narrow, value: 0.4, series: 'rho=0.1', role: 'front' },
  { number: 3, arch: narrower, value: 0.35, series: 'rho=0.2', role: 'front' },
];
const trial = (number: number): ArchitectureRef => ({ experiment: 'hrnas', trial: number });

describe('architecture', () => {
  const { store, context } = labOn(trials);
  const api = createArchitectureApi(context);

  test('a trial: totals equal what was stored, the top of the tree sums to them, shares to 1', async () => {
    const view = await api.architecture(trial(2));
    const cost = store.trial('hrnas-1', 2)?.cost as unknown as { readonly macs: number; readonly params: number; readonly input: number[] };
    expect(view).toMatchObject({ name: 't2', input: cost.input, form: 'search', forms: ['search'], experiment: { id: 'hrnas-1' } });
    expect(view.totals).toMatchObject({ macs: cost.macs, params: cost.params, scope: 'full' });
    const top = view.elements.filter(({ parent }) => parent < 0);
    expect(top.reduce((sum, { macs }) => sum + macs, 0)).toBe(cost.macs);
    expect(top.reduce((sum, { params }) => sum + params, view.totals.idleParams)).toBe(cost.params);
    expect(top.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(view.trial).toMatchObject({ number: 2, series: 'rho=0.1' });
  });

  test('the supernet of an experiment, an architecture itself and a published network', async () => {
    const whole = await api.architecture({ experiment: 'hrnas-1', supernet: true });
    expect(whole).toMatchObject({ name: 'supernet', hash: store.trial('hrnas-1', 0)?.hash });
    expect((await api.architecture({ architecture: narrow })).hash).toBe(store.trial('hrnas-1', 2)?.hash);
    expect(await api.architecture({ published: 'hr-nas:cs2' }, { input: [64, 128] })).toMatchObject({
      totals: { macs: 61943184, params: 2183176 },
      source: expect.stringContaining('mmsegmentation'),
    });
  });

  test('the retraining form of a searched classifier has other layers and a cost of its own; other tasks have none', async () => {
    const published = findPublished('hr-nas:in');
    const { dropout: _dropout, activation: _activation, ...settings } = published.settings;
    const searched = { ...published, settings: { ...settings, blockForm: 'search' } };
    const [search, retrain] = [
      await api.architecture({ architecture: searched }),
      await api.architecture({ architecture: searched }, { form: 'retrain' }),
    ];
    // Specification section 11: 259 232 935 MACs and 3 894 152 parameters searched; the retrained network is the published one.
    expect(search).toMatchObject({ forms: ['search', 'retrain'], totals: { macs: 259232935, params: 3894152 } });
    expect(retrain.totals.params).toBe((await api.architecture({ published: 'hr-nas:in' })).totals.params);
    await expect(api.architecture(trial(2), { form: 'retrain' })).rejects.toMatchObject({ code: 'no-retrain-form' });
  });

  test('a measured latency of the same input goes along, its layers summed up the tree', async () => {
    const { elements } = await api.architecture(trial(3));
    const nodes = elements.filter(({ kind }) => kind === 'node').slice(0, 2);
    const nodesMs = Object.fromEntries(nodes.map(({ id = '' }, i) => [id, i + 1]));
    const result = (value: number, details: object) =>
      ({ kind: 'measured', name: 'latencyP50Ms', value, split: '', details: details as Json }) as const;
    const input = (await api.architecture(trial(3))).input as number[];
    store.addTrialResults('hrnas-1', 3, [
      result(7, { device: 'test device', nodesMs, input }),
      result(9, { device: 'test device', input: [8, 8, 3] }),
    ]);
    const measured = await api.architecture(trial(3));
    expect(measured.measured).toEqual({ latencyMs: 7, device: 'test device' });
    expect(measured.elements.filter(({ parent }) => parent < 0).reduce((sum, { measuredMs = 0 }) => sum + measuredMs, 0)).toBe(3);
  });

  test.each<[ArchitectureRef, string]>([
    [{ experiment: 'nobody', trial: 0 }, 'unknown-experiment'],
    [trial(77), 'unknown-trial'],
    [{ published: 'hr-nas:nothing' }, 'unknown-architecture'],
    [{ architecture: { ...narrow, choices: {} } }, 'bad-architecture'],
  ])('%j is refused: %s', async (ref, code) => {
    await expect(api.architecture(ref)).rejects.toMatchObject({ code });
  });
});

describe('diffArchitectures', () => {
  const api = createArchitectureApi(labOn(trials).context);

  test('a trial with itself shows no difference', async () => {
    const { counts, settings, choices, elements } = await api.diffArchitectures(trial(2), trial(2));
    expect(counts).toMatchObject({ added: 0, removed: 0, changed: 0 });
    expect([settings, choices]).toEqual([[], []]);
    expect(elements.every(({ status }) => status === 'equal')).toBe(true);
  });

  test('two trials: the choices, and the blocks with what changed and what it costs', async () => {
    const { counts, choices, elements, a, b } = await api.diffArchitectures(trial(2), trial(3));
    expect(choices.map(({ attribute }) => attribute).sort()).toEqual(['fuse0.0.0.k3', 'par0.0.0.tokens']);
    expect(counts).toMatchObject({ added: 0, removed: 0, changed: 2 });
    const changed = elements.filter(({ isBlock, status }) => isBlock && status === 'changed');
    expect(changed.map(({ key }) => key)).toEqual(['fuse0.0.0', 'par0.0.0']);
    expect(changed[0]?.changes).toEqual([{ attribute: 'k3 channels', from: '3', to: '1' }]);
    const difference = changed.reduce((sum, { before, after }) => sum + (after?.macs ?? 0) - (before?.macs ?? 0), 0);
    expect(difference).toBe(b.macs - a.macs);
  });
});

describe('lineage', () => {
  test('of a run that shrinks: the trials before it in the same series, with the choices that changed', async () => {
    const api = createArchitectureApi(labOn(trials).context);
    const { kind, entries } = await api.lineage('hrnas-1', 2);
    expect(kind).toBe('series');
    expect(entries.map(({ trial: number, parents, generation }) => [number, parents, generation])).toEqual([
      [1, [], 0],
      [2, [1], 1],
    ]);
    expect(entries[1]?.changes?.map(({ attribute, to }) => [attribute, to])).toEqual([
      ['fuse0.0.0.k3', '3'],
      ['par0.0.0.k7', '0'],
    ]);
    expect(await api.lineage('hrnas-1', 0)).toMatchObject({ kind: 'none', reason: expect.stringContaining('reference') });
  });

  test('of a strategy that breeds: both parents, back to generation 0; siblings are no ancestors', async () => {
    const arch = (k3: number) => shrunk({ 'fuse0.0.0.k3': k3 });
    const bred = [
      { number: 0, arch: arch(9), value: 0.1, operator: 'sample' },
      { number: 1, arch: arch(8), value: 0.1, operator: 'sample' },
      { number: 2, arch: arch(7), value: 0.1, operator: 'mutate', parents: [0] },
      { number: 3, arch: arch(6), value: 0.1, operator: 'mutate', parents: [0] },
      { number: 4, arch: arch(5), value: 0.1, operator: 'cross', parents: [2, 1] },
    ];
    const { kind, entries } = await createArchitectureApi(labOn(bred).context).lineage('hrnas-1', 4);
    expect(kind).toBe('parents');
    expect(entries.map(({ trial: number, generation }) => [number, generation])).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [4, 2],
    ]);
    expect(entries.at(-1)).toMatchObject({ parents: [2, 1], changes: [{ attribute: 'fuse0.0.0.k3', from: '7', to: '5' }] });
  });

  test('what an estimate over all trials proposed has no single parent; trained again it has that trial', async () => {
    const estimated = [
      { number: 0, arch: shrunk({ 'fuse0.0.0.k3': 9 }), value: 0.1, operator: 'tpe' },
      { number: 1, arch: shrunk({ 'fuse0.0.0.k3': 9 }), value: 0.2, operator: 'retrain', series: 'retrain', parents: [0] },
    ];
    const api = createArchitectureApi(labOn(estimated).context);
    expect(await api.lineage('hrnas-1', 0)).toMatchObject({ kind: 'none', reason: expect.stringContaining('no single parent') });
    expect((await api.lineage('hrnas-1', 1)).entries.map(({ trial }) => trial)).toEqual([0, 1]);
  });
});

describe('sharedBlocks and exportGraph', () => {
  const { context } = labOn(trials);
  const api = createArchitectureApi(context);

  test('a block that the other network of the front has as it is, and one that it has otherwise', async () => {
    const { of, same } = await api.sharedBlocks('hrnas-1', 2);
    expect(of).toBe(1);
    expect(same).toMatchObject({ stem: 1, 'fuse0.0.0': 0, 'par0.0.0': 0, 'par1.0.0': 1 });
  });

  test('JSON holds nodes and edges, .nasarch.json the architecture, SVG a drawing', async () => {
    const read = (name: string): string => readFileSync(join(context.layout.root, 'workspace', 'exports', name), 'utf8');
    const written = await api.exportGraph(trial(2), { format: 'json' });
    expect(written.name).toBe('hrnas-1-t2.json');
    const { nodes, edges } = JSON.parse(read(written.name)) as { nodes: { id: string; inputs: string[] }[]; edges: { to: string }[] };
    expect(edges).toHaveLength(nodes.reduce((sum, { inputs }) => sum + inputs.length, 0));
    await api.exportGraph(trial(2), { format: 'nasarch' });
    expect(JSON.parse(read('hrnas-1-t2.nasarch.json'))).toEqual(narrow);
    await api.exportGraph(trial(2), { format: 'svg', detail: 'blocks' });
    expect(read('hrnas-1-t2.svg')).toMatch(/^<svg[^]*fuse2\.0\.1[^]*<\/svg>\n$/);
  });
});

test('arguments that come from an interface: refs of every kind pass, others do not', () => {
  const schema = argumentSchemas.architecture;
  for (const ref of [trial(1), { published: 'a:b' }, { experiment: 'a', supernet: true }, { architecture: narrow }]) {
    expect(schema.safeParse([ref]).success).toBe(true);
  }
  for (const ref of [{ experiment: 'a' }, { experiment: 'a', trial: -1 }, { published: '' }, 'hr-nas:cs1', { published: 'a', trial: 1 }]) {
    expect(schema.safeParse([ref]).success).toBe(false);
  }
});
