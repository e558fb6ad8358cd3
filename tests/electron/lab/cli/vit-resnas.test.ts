import { describe, expect, it } from 'vitest';
import { runLab } from './run-lab.ts';

describe('ViT-ResNAS on the command line, slow: processes', () => {
  it('cost: where the official estimator counts something else than MACs, both are shown', async () => {
    const small = await runLab(['cost', 'vit-resnas:tiny', '--input', '112x112', '--json']);
    const stemExcess = (27 * 24 + 18 * 24 * 24) * (112 ** 2 - 56 ** 2);
    expect(small.json()).toMatchObject({ macs: 456_249_728, officialCount: 456_249_728 + stemExcess });
    expect((await runLab(['cost', 'vit-resnas:tiny', '--input', '112x112'])).out).toContain(
      'as counted by the official code  560 M (559888256)',
    );
    expect(Object.keys((await runLab(['cost', 'vit-resnas:tiny', '--json'])).json<object>())).not.toContain('officialCount');
  });

  it('space: a block that is left out counts once in the size, options are shown as numbers', async () => {
    const { spaces } = (await runLab(['space', 'ls', '--json'])).json<{ spaces: { id: string; log10Size: number }[] }>();
    expect(spaces.find((space) => space.id === 'vit-resnas')?.log10Size).toBeCloseTo(28.282914276, 8);
    expect((await runLab(['space', 'show', 'vit-resnas'])).out).toContain(
      'heads: 12, 10, 8, 6; hidden: 1536, 1408, 1280, 1152, 1024, 896, 768',
    );
  });

  it('an input that is no multiple of 56 is refused with the sizes that are taken', async () => {
    const { exit, err } = await runLab(['cost', 'vit-resnas:tiny', '--input', '100x100']);
    expect(exit).not.toBe(0);
    expect(err).toContain('a multiple of 56');
  });
});
