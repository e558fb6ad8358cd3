import { describe, expect, it } from 'vitest';
import type { EngineError } from '../../../../engine/error.ts';
import { vitResNas } from '../../../../engine/spaces/vit-resnas/vit-resnas.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';
import { searchSpaceConformance } from '../../../conformance/search-space.ts';
import { smallInput, smallSettings } from './small-space.ts';

searchSpaceConformance('vit-resnas, tiny', { space: vitResNas, settings: vitResNas.defaultSettings, input: [112, 112, 3] });
searchSpaceConformance('vit-resnas, small', { space: vitResNas, settings: { space: 'small' }, input: [56, 56, 3] });
searchSpaceConformance('vit-resnas, two stages', { space: vitResNas, settings: smallSettings, input: smallInput });

function problemsOf(settings: Record<string, unknown>): string {
  const arch = { space: 'vit-resnas', version: 1, settings, choices: {} } as unknown as Architecture;
  return vitResNas
    .check(arch)
    .map((problem) => `${problem.path} ${problem.message}`)
    .join('; ');
}

const [stage, second] = smallSettings.stages;

describe('settings', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown key', { width: 3 }, /settings.width unknown/],
    ['an unknown space', { space: 'medium' }, /settings.space must be one of tiny, small, res-tiny/],
    ['no classes', { classes: 0 }, /classes must be a whole number above 0, not 0/],
    ['an unknown head', { head: 'none' }, /head must be one of class, patches, distillation/],
    ['an odd patch', { patchSize: 7 }, /patchSize must be an even whole number/],
    ['a drop path of 1', { dropPath: 1 }, /dropPath must be a number from 0 to below 1/],
    ['no stages', { stages: [] }, /stages must be a list of stages/],
    ['a stage without heads', { stages: [{ ...stage, heads: undefined }] }, /stage 0: heads must be a list/],
    ['a stage with a further key', { stages: [{ ...stage, depth: 2 }] }, /stage 0: must have blocks, optional/],
    ['options in rising order', { stages: [{ ...stage, hidden: [14, 20] }] }, /stage 0: hidden must be a list .* largest first/],
    ['a repeated option', { stages: [{ ...stage, widths: [12, 12] }] }, /stage 0: widths must be a list of different/],
    [
      'a place beyond the blocks',
      { stages: [{ ...stage, optional: [3] }] },
      /stage 0: optional must be rising places of blocks, from 0 to 2/,
    ],
    ['places that fall', { stages: [{ ...stage, optional: [1, 0] }] }, /optional must be rising/],
    [
      'a stage that may be narrower',
      { stages: [stage, { ...second, widths: [16, 11] }] },
      /stage 1: its smallest width 11 is below the largest width 12/,
    ],
    ['stem channels without convolutions', { stem: 'patch', stemChannels: 8 }, /stemChannels has no effect/],
  ])('%s is refused', (_, settings, message) => {
    expect(problemsOf(settings)).toMatch(message);
  });

  it('several wrong settings are reported together', () => {
    expect(problemsOf({ classes: -1, head: 1, dropPath: 'much' }).split('; ')).toHaveLength(3);
  });

  it('what is published for the space is left out of the canonical form, also when its lists are written out', () => {
    const { space: _, ...small } = vitResNas.largest({ space: 'small', dropPath: 0.3, patchSize: 14 }).settings;
    expect(small).toEqual({ classes: 1000, head: 'patches' });
    const written = vitResNas.largest({ space: 'small' });
    const stages = [
      { headWidth: 64, blocks: 4, optional: [], widths: [192], heads: [3], hidden: [768] },
      { headWidth: 64, blocks: 4, optional: [], widths: [384], heads: [6], hidden: [1536] },
      { headWidth: 64, blocks: 4, optional: [], widths: [768], heads: [12], hidden: [3072] },
    ];
    expect(vitResNas.largest({ ...written.settings, stages, dropPath: 0.2 }).settings).toEqual({
      space: 'res-tiny',
      classes: 1000,
      head: 'patches',
    });
  });
});

describe('architectures', () => {
  const arch = vitResNas.largest(smallSettings);

  it('choices of a block that is left out do not tell two networks apart', () => {
    const left = { ...arch, choices: { ...arch.choices, 'stage0.block1.exists': 0 } };
    const other = { ...left, choices: { ...left.choices, 'stage0.block1.heads': 1, 'stage0.block1.hidden': 14 } };
    expect(vitResNas.canonical(other)).toEqual(vitResNas.canonical(left));
    expect(vitResNas.canonical(left)).not.toEqual(vitResNas.canonical(arch));
    const live = { ...arch, choices: { ...arch.choices, 'stage0.block1.heads': 1 } };
    expect(vitResNas.canonical(live)).not.toEqual(vitResNas.canonical(arch));
  });

  it('a value between two options is refused with the options', () => {
    const wrong = { ...arch, choices: { ...arch.choices, 'stage1.width': 14 } };
    expect(vitResNas.check(wrong)).toEqual([{ path: 'choices.stage1.width', message: 'is 14; the options are 16, 13' }]);
  });

  it('another space or version is refused', () => {
    expect(vitResNas.check({ ...arch, space: 'dpc' })[0]?.path).toBe('space');
    expect(vitResNas.check({ ...arch, version: 2 })[0]?.path).toBe('version');
  });

  it.each([[[16, 16]], [[16, 16, 1]], [[16, 24, 3]], [[20, 20, 3]], [[0, 0, 3]], [[2048, 2048, 3]]])('input %j is refused', (input) => {
    for (const build of [vitResNas.graph.bind(vitResNas), vitResNas.shared!.graph.bind(vitResNas.shared)]) {
      try {
        build(arch, input);
        expect.unreachable('the input was taken');
      } catch (error) {
        expect((error as EngineError).code).toBe('bad-input');
        expect((error as EngineError).message).toContain('a multiple of 8 from 8 to 1024');
      }
    }
  });

  it('the default input is the published one, or the nearest that the space takes', () => {
    expect(vitResNas.defaultInput({})).toEqual([224, 224, 3]);
    expect(vitResNas.defaultInput({ space: 'tiny', patchSize: 16 })).toEqual([256, 256, 3]);
  });
});
