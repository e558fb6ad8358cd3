import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import { liteHrNet } from '../../../../engine/spaces/lite-hrnet/lite-hrnet.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'reference', 'lite-hrnet');

/** The official configuration of a golden file, with other values at dotted paths; undefined takes an entry out. */
function config(changes: Readonly<Record<string, unknown>> = {}, net = 'lite-hrnet-18-coco'): Record<string, unknown> {
  const value = (JSON.parse(readFileSync(join(folder, `${net}.json`), 'utf8')) as { config: Record<string, unknown> }).config;
  for (const [path, entry] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop()!;
    const parent = keys.reduce((part, key) => part[key] as Record<string, unknown>, value);
    if (entry === undefined) delete parent[last];
    else parent[last] = entry;
  }
  return value;
}

const spec = 'backbone.extra.stages_spec';

function imported(value: unknown, settings?: Architecture['settings']): Architecture {
  return liteHrNet.canonical(liteHrNet.importOfficial(value, undefined, settings));
}

describe('official notation', () => {
  it.each([
    ['18', 'lite-hrnet-18-coco'],
    ['naive-18', 'naive-lite-hrnet-18-coco'],
  ])('%s is the network of its official configuration, and is written as it was read', (name, net) => {
    const arch = liteHrNet.canonical(findPublished(`lite-hrnet:${name}`));
    expect(imported(config({}, net))).toEqual(arch);
    expect(liteHrNet.exportOfficial(arch)).toEqual(config({}, net));
  });

  it.each(liteHrNet.published.map(({ name }) => name))('%s reads back as itself', (name) => {
    const arch = liteHrNet.canonical(findPublished(name));
    expect(imported(JSON.parse(JSON.stringify(liteHrNet.exportOfficial(arch))))).toEqual(arch);
  });

  it('16 heat maps are MPII; the size of the input comes beside', () => {
    expect(imported(config({ 'keypoint_head.out_channels': 16 }))).toEqual(liteHrNet.canonical(findPublished('lite-hrnet:18-mpii')));
    expect(imported(config(), { inputSize: [384, 288] })).toEqual(liteHrNet.canonical(findPublished('lite-hrnet:18-384x288')));
    expect(imported({ ...config(), settings: { inputSize: [384, 288] } }).settings).toEqual({ head: 'coco', inputSize: [384, 288] });
  });

  it('the released naive configuration, whose head does not fit its backbone, and parts of a model without effect are accepted', () => {
    const released = { ...config({ 'keypoint_head.in_channels': 40 }, 'naive-lite-hrnet-18-coco'), type: 'TopDown', pretrained: null };
    expect(imported(released)).toEqual(liteHrNet.canonical(findPublished('lite-hrnet:naive-18')));
  });

  it('widths, ratios and numbers beyond what is offered are added to the offer', () => {
    const widths = [
      [18, 36],
      [18, 36, 72],
      [18, 36, 72, 144],
    ];
    const value = config({
      [`${spec}.num_channels`]: widths,
      [`${spec}.reduce_ratios`]: [3, 8, 8],
      [`${spec}.num_modules`]: [2, 9, 2],
      'keypoint_head.in_channels': 18,
      'keypoint_head.out_channels': 21,
    });
    const arch = imported(value);
    expect(arch.settings).toMatchObject({ joints: 21, maxModules: 9, ratios: [16, 8, 4, 3, 2] });
    expect((arch.settings['widths'] as number[][])[1]).toEqual([120, 100, 80, 60, 40, 36]);
    expect(liteHrNet.exportOfficial(arch)).toEqual(value);
    expect(() => imported(value, { ratios: [8] })).toThrow(/choices.stage2.ratio is 3; the options are 8/);
  });

  it('narrow stages drop the ratios that would leave no channel', () => {
    const value = config({
      [`${spec}.num_channels`]: [
        [8, 16],
        [8, 16, 32],
        [8, 16, 32, 64],
      ],
      'keypoint_head.in_channels': 8,
    });
    expect(imported(value).settings['ratios']).toEqual([8, 4, 2]);
    const tooMuch = {
      ...value,
      backbone: config({
        [`${spec}.num_channels`]: [
          [8, 16],
          [8, 16, 32],
          [8, 16, 32, 64],
        ],
        [`${spec}.reduce_ratios`]: [13, 8, 8],
      })['backbone'],
    };
    expect(() => imported(tooMuch)).toThrow(/settings.ratios reach 13; the narrowest stage has 12/);
  });

  it('stages without fusion, one without head, a 3x3 final convolution and plain sums read back', () => {
    const value = {
      ...config({
        [`${spec}.with_fuse`]: [true, false, true],
        'backbone.extra.with_head': false,
        'keypoint_head.extra.final_conv_kernel': 3,
      }),
      fuseQuirk: false,
    };
    const arch = imported(value);
    expect(arch).toMatchObject({
      settings: { fuse: [true, false, true], iterativeHead: false, finalKernel: 3 },
      choices: { fuseQuirk: 0 },
    });
    expect(liteHrNet.exportOfficial(arch)).toEqual(value);
    const names = liteHrNet.graph(arch, [64, 64, 3]).weights.map(({ name }) => name);
    expect(names.some((name) => name.startsWith('backbone.stage1.0.fuse_layers') || name.includes('head_layer'))).toBe(false);
  });

  it('settings that no network implies are written beside: another head, other offers', () => {
    const arch = liteHrNet.canonical(liteHrNet.smallest({ head: 'coco', joints: 16, ratios: [8], maxBlocks: 2 }));
    expect(liteHrNet.exportOfficial(arch)).toMatchObject({ settings: { head: 'coco', ratios: [8], maxBlocks: 2 }, fuseQuirk: false });
    expect(imported(liteHrNet.exportOfficial(arch))).toEqual(arch);
  });

  it.each<[string, unknown, RegExp]>([
    ['a text', 'lite', /an object was expected, "lite" came/],
    ['no backbone', config({ backbone: undefined }), /backbone must be an object .* nothing came/],
    ['another backbone', config({ 'backbone.type': 'HRNet' }), /backbone.type must be "LiteHRNet", not "HRNet"/],
    ['an unknown part', { ...config(), neck: {} }, /the configuration has neck; known are backbone/],
    ['an unknown entry of the backbone', config({ 'backbone.norm_eval': true }), /backbone has norm_eval/],
    ['a list too short', config({ [`${spec}.num_modules`]: [2, 4] }), /num_modules must be a list with one entry for each of the 3 stages/],
    ['an unknown kind of module', config({ [`${spec}.module_type`]: ['LITE', 'DITE', 'LITE'] }), /module_type\[1\] must be LITE or NAIVE/],
    ['widths of another number', config({ [`${spec}.num_branches`]: [2, 3, 3] }), /num_channels\[2\] must have one entry a branch \(3\)/],
    [
      'a width of 0',
      config({
        [`${spec}.num_channels`]: [
          [0, 80],
          [40, 80, 160],
          [40, 80, 160, 320],
        ],
      }),
      /num_channels\[0\]\[0\] must be/,
    ],
    [
      'an odd width',
      config({
        [`${spec}.num_channels`]: [
          [41, 80],
          [40, 80, 160],
          [40, 80, 160, 320],
        ],
      }),
      /settings.widths must be .* even/,
    ],
    ['a fraction of a module', config({ [`${spec}.num_modules`]: [2.5, 4, 2] }), /stage2.modules is 2.5; the options are 1..8/],
    ['deconvolutions', config({ 'keypoint_head.num_deconv_layers': 3 }), /num_deconv_layers must be 0, not 3/],
    ['a head of another width', config({ 'keypoint_head.in_channels': 64 }), /keypoint_head.in_channels must be 40, not 64/],
    ['an even final kernel', config({ 'keypoint_head.extra.final_conv_kernel': 2 }), /settings.finalKernel must be one of 1, 3/],
    ['a fusion flag that is a number', config({ [`${spec}.with_fuse`]: [1, 1, 1] }), /with_fuse\[0\] must be true or false, not 1/],
    ['a quirk that is a text', { ...config(), fuseQuirk: 'no' }, /fuseQuirk must be true or false/],
    [
      'settings that the configuration says itself',
      { ...config(), settings: { joints: 17 } },
      /settings.joints is said by the configuration/,
    ],
    ['unknown settings', { ...config(), settings: { size: 17 } }, /settings.size unknown/],
    ['settings that are a list', { ...config(), settings: [] }, /settings must be an object/],
  ])('%s is refused', (_, value, message) => {
    expect(() => liteHrNet.importOfficial(value)).toThrow(message);
  });

  it('token counts are refused', () => {
    expect(() => liteHrNet.importOfficial(config(), [1])).toThrow(/token counts belong to hr-nas/);
  });
});
