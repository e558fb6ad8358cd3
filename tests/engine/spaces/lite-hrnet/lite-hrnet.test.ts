import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import { estimate } from '../../../../engine/cost/estimate.ts';
import type { EngineError } from '../../../../engine/error.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { liteHrNet } from '../../../../engine/spaces/lite-hrnet/lite-hrnet.ts';
import { liteHrNetCounts } from '../../../../engine/spaces/lite-hrnet/counts.ts';
import type { Architecture, SettingValue } from '../../../../engine/spaces/search-space.ts';
import { searchSpaceConformance } from '../../../conformance/search-space.ts';

/** Two stages of two branches: the same code with other settings. */
const small = {
  head: 'coco',
  joints: 5,
  stem: [8, 12],
  stemExpansion: 1.5,
  branches: [2, 2],
  fuse: [true, false],
  iterativeHead: false,
  finalKernel: 3,
  maxModules: 2,
  maxBlocks: 2,
  widths: [
    [16, 8],
    [24, 16],
  ],
  ratios: [4, 3],
};

searchSpaceConformance('lite-hrnet, COCO', { space: liteHrNet, settings: liteHrNet.defaultSettings, input: [64, 64, 3] });
searchSpaceConformance('lite-hrnet, MPII', { space: liteHrNet, settings: { head: 'mpii' }, input: [64, 32, 3] });
searchSpaceConformance('lite-hrnet, two stages', { space: liteHrNet, settings: small, input: [16, 24, 3] });

function problemsOf(settings: Record<string, SettingValue>): string {
  const problems = liteHrNet.check({ space: 'lite-hrnet', version: 1, settings, choices: {} });
  return problems
    .filter(({ path }) => path.startsWith('settings'))
    .map(({ path, message }) => `${path} ${message}`)
    .join('; ');
}

function codeOf(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    return (error as EngineError).code;
  }
  return 'nothing was refused';
}

/** An architecture with some of its choices replaced. */
function withChoices(arch: Architecture, choices: Architecture['choices']): Architecture {
  return { ...arch, choices: { ...arch.choices, ...choices } };
}

describe('settings', () => {
  it.each<[string, Record<string, SettingValue>, RegExp]>([
    ['an unknown key', { depth: 3 }, /settings.depth unknown; lite-hrnet knows head/],
    ['an unknown head', { head: 'hands' }, /head must be one of coco, mpii, not "hands"/],
    ['no joints', { joints: 0 }, /joints must be a whole number from 1 to 1000, not 0/],
    ['an input that the coarsest branch does not divide', { inputSize: [240, 192] }, /multiples of 32 with 4 branches, not 240x192/],
    ['an input of one side', { inputSize: [256] }, /inputSize must be \[height, width\]/],
    ['an odd stem', { stem: [31, 32] }, /stem must be two even numbers/],
    ['a stem that narrows', { stem: [32, 16] }, /the second at least the first/],
    ['an expansion to a fraction of a channel', { stemExpansion: 0.7 }, /32 times 0.7 is none/],
    ['one branch', { branches: [1, 2, 3] }, /numbers of branches from 2 to 6, never falling/],
    ['branches that vanish', { branches: [3, 2, 4] }, /never falling/],
    ['a fusion flag too few', { fuse: [true] }, /fuse must have one entry for each of the 3 stages, not 1/],
    ['a kernel of 2', { finalKernel: 2 }, /finalKernel must be one of 1, 3/],
    ['an odd width', { widths: [[41], [80], [160], [320]] }, /even widths from 8/],
    ['a width without a gate', { widths: [[6], [80], [160], [320]] }, /even widths from 8/],
    ['rising widths', { widths: [[20, 40], [80], [160], [320]] }, /largest first/],
    ['widths of three branches for four', { widths: [[40], [80], [160]] }, /one list for each of the 4 branches, not 3/],
    ['a ratio that leaves no channel', { ratios: [31] }, /reach 31; the narrowest stage has 30 weighted channels/],
    ['no modules', { maxModules: 0 }, /maxModules must be a whole number from 1 to 64/],
  ])('%s is refused', (_, settings, message) => {
    expect(problemsOf(settings)).toMatch(message);
  });

  it('what equals the published settings of the head is left out of the canonical form', () => {
    const arch = liteHrNet.largest({ head: 'mpii', joints: 16, inputSize: [256, 256], finalKernel: 1 });
    expect(arch.settings).toEqual({ head: 'mpii' });
    expect(liteHrNet.defaultInput({ head: 'coco', inputSize: [384, 288] })).toEqual([384, 288, 3]);
  });
});

describe('networks', () => {
  it.each([[[256, 192]], [[256, 192, 1]], [[240, 192, 3]], [[256, 0, 3]], [[256, 8192, 3]]])('input %j is refused', (input) => {
    expect(codeOf(() => liteHrNet.graph(findPublished('lite-hrnet:18'), input))).toBe('bad-input');
  });

  it('an architecture of another space or version is refused', () => {
    const arch = findPublished('lite-hrnet:30');
    expect(liteHrNet.check({ ...arch, space: 'dpc' })[0]?.path).toBe('space');
    expect(liteHrNet.check({ ...arch, version: 2 })[0]?.path).toBe('version');
  });

  it('the published members differ in the choices the paper names, and lie in the default space', () => {
    const [eighteen, thirty, naive, wider] = ['18', '30', 'naive-18', 'wider-naive-18'].map((name) => findPublished(`lite-hrnet:${name}`));
    const changed = (a: Architecture, b: Architecture): string[] => {
      return Object.keys(a.choices).filter((name) => a.choices[name] !== b.choices[name]);
    };
    expect(changed(eighteen!, thirty!)).toEqual(['stage2.modules', 'stage3.modules', 'stage4.modules']);
    expect(changed(naive!, wider!).every((name) => /^stage\d\.width\d$/.test(name))).toBe(true);
    expect(changed(naive!, wider!)).toHaveLength(9);
    expect(changed(eighteen!, wider!).map((name) => name.split('.')[1])).toEqual(['block', 'ratio', 'block', 'ratio', 'block', 'ratio']);
    for (const arch of [eighteen, thirty, naive, wider]) expect(arch!.settings).toEqual({ head: 'coco' });
  });

  it('the ratio of a stage of shuffle units makes no difference, nor how fusions add where there is none', () => {
    const arch = withChoices(liteHrNet.largest(small), { 'stage2.block': 1, 'stage2.ratio': 3 });
    expect(liteHrNet.canonical(arch)).toEqual(liteHrNet.canonical(withChoices(arch, { 'stage2.ratio': 4 })));
    const unfused = liteHrNet.largest({ ...small, fuse: [false, false] });
    expect(liteHrNet.canonical(withChoices(unfused, { fuseQuirk: 0 }))).toEqual(liteHrNet.canonical(unfused));
    expect(liteHrNet.canonical(withChoices(arch, { fuseQuirk: 0 }))).not.toEqual(liteHrNet.canonical(arch));
  });

  it('the number of different networks is that of canonical forms', () => {
    const tiny = { ...small, maxModules: 1, maxBlocks: 1, widths: [[16], [24, 16]] };
    const seen = new Set<string>();
    for (let n = 0; n < 2000; n++) seen.add(JSON.stringify(liteHrNet.canonical(liteHrNet.sample(tiny, rngFor(1, n)))));
    expect(liteHrNet.countNetworks?.(tiny)).toBe(BigInt(seen.size)); // two stages of 2 widths, shuffle units or one of two ratios; two sums
    expect(seen.size).toBe(2 * (2 * 3) ** 2);
  });

  it('with plain sums every layer runs once, on the same weights', () => {
    const arch = findPublished('lite-hrnet:18');
    const [released, plain] = [1, 0].map((fuseQuirk) => liteHrNet.graph(withChoices(arch, { fuseQuirk }), [256, 192, 3]));
    expect(plain!.weights).toEqual(released!.weights);
    expect(estimate(plain!).macs).toBe(198_626_688);
    expect(liteHrNetCounts(plain!)).toEqual({ ...liteHrNetCounts(released!), macsAsExecuted: 198_626_688 });
  });

  it('a stage that changes widths gets transitions, a branch that keeps its width none', () => {
    const arch = withChoices(findPublished('lite-hrnet:18'), { 'stage3.width1': 100, 'stage4.width1': 100 });
    const names = liteHrNet.graph(arch, [64, 64, 3]).weights.map(({ name }) => name);
    const first = [0, 1, 2].map(
      (s) => new Set(names.filter((name) => name.startsWith(`backbone.transition${s}.`)).map((name) => name[21])),
    );
    expect(first.map((branches) => [...branches])).toEqual([['0', '1'], ['1', '2'], ['3']]);
  });

  it('a stage that opens two branches halves from the coarsest one, once and twice', () => {
    const graph = liteHrNet.graph(liteHrNet.smallest({ branches: [2, 4], fuse: [true, true] }), [64, 64, 3]);
    const shape = (name: string): readonly number[] | undefined => graph.weights.find((spec) => spec.name === name)?.shape;
    expect(shape('backbone.transition1.2.0.2.weight')).toEqual([80, 40, 1, 1]);
    expect(shape('backbone.transition1.3.0.2.weight')).toEqual([40, 40, 1, 1]);
    expect(shape('backbone.transition1.3.1.2.weight')).toEqual([160, 40, 1, 1]);
    expect(graph.nodes.at(-1)?.shape).toEqual([16, 16, 17]);
  });

  it('a stem that widens: the second half gets as many channels as the first convolution has', () => {
    const { weights } = liteHrNet.graph(liteHrNet.smallest(small), [16, 16, 3]);
    const shape = (name: string): readonly number[] | undefined => weights.find((spec) => spec.name === `backbone.stem.${name}`)?.shape;
    expect(shape('expand_conv.conv.weight')).toEqual([12, 4, 1, 1]);
    expect(shape('linear_conv.conv.weight')).toEqual([8, 12, 1, 1]);
    expect(shape('branch1.1.conv.weight')).toEqual([4, 4, 1, 1]);
  });

  it('all convolutions are drawn from a normal distribution of deviation 0.001', () => {
    const { weights } = liteHrNet.graph(findPublished('lite-hrnet:18'), [64, 64, 3]);
    for (const { kind, initial } of weights) {
      expect(initial).toEqual(kind === 'weight' ? { distribution: 'normal', scale: 0.001 } : undefined);
    }
  });
});
