import { describe, expect, it } from 'vitest';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { penalties, profiledTransformerMacs, transformerMacs, type Penalties } from '../../../../engine/spaces/hr-nas/penalties.ts';

// Figures of the HR-NAS specification, section 11.4 (profile at 224x224).

function of(settings: Record<string, string | boolean>, mode: 'paper-code' | 'corrected' = 'paper-code'): Penalties {
  return penalties(hrNas.largest(settings), { mode, profileSize: [224, 224] });
}

function atoms(result: Penalties, block: string): string[] {
  return result.blocks.find((entry) => entry.block === block)!.kernels.map(({ penalty }) => penalty.toFixed(6));
}

function tokens(result: Penalties, block: string, alive: readonly number[]): string[] {
  return alive.map((count) =>
    result.blocks
      .find((entry) => entry.block === block)!
      .tokens!.penalty(count)
      .toFixed(4),
  );
}

describe('penalties', () => {
  const cls = of({ task: 'classification', transformer: false });
  const seg = of({ task: 'segmentation', transformer: false });

  it('normaliser without and with transformers, in the released code’s costs', () => {
    expect(cls.normaliser.toFixed(6)).toBe('49437.909900');
    expect(seg.normaliser.toFixed(6)).toBe('131028.512791');
    expect(of({ task: 'pose', transformer: false }).normaliser).toBe(seg.normaliser);
    expect(of({ task: 'classification' }).normaliser.toFixed(6)).toBe('48506.707838');
    expect(of({ task: 'segmentation' }).normaliser.toFixed(6)).toBe('125226.016060');
    expect(seg.units).toBe(44_928);
    expect(of({ task: 'segmentation' }).units).toBe(44_928 + 2_816);
  });

  it('extremes and two blocks of the convolutions', () => {
    const range = (result: Penalties): string[] => {
      const all = result.blocks.flatMap((block) =>
        block.kernels.map(({ kernel, penalty }) => ({ name: `${block.block} k${kernel}`, penalty })),
      );
      const sorted = all.sort((a, b) => a.penalty - b.penalty);
      return [sorted[0]!, sorted.at(-1)!].map(({ name, penalty }) => `${name} ${penalty.toFixed(6)}`);
    };
    expect(range(cls)).toEqual(['fuse4.2.3 k3 0.223007', 'incre0 k7 6.533610']);
    expect(range(seg)).toEqual(['fuse4.2.3 k3 0.084142', 'transform k7 9.788892']);
    expect(atoms(seg, 'fuse0.0.0')).toEqual(['1.364222', '1.747162', '2.321571']);
    expect(atoms(seg, 'par4.3.0')).toEqual(['0.111067', '0.117051', '0.126026']);
  });

  it('tokens by the number that is alive', () => {
    expect(tokens(of({ task: 'segmentation' }), 'par1.0.0', [64, 32, 1])).toEqual(['0.2801', '0.2147', '0.1513']);
    expect(tokens(of({ task: 'segmentation' }), 'par4.3.3', [64, 32, 1])).toEqual(['0.4089', '0.3435', '0.2801']);
    expect(tokens(of({ task: 'classification' }), 'par1.0.0', [64, 32, 1])).toEqual(['0.7231', '0.5542', '0.3906']);
  });

  it('a unit without any living token costs only the linear part', () => {
    const [none, one] = tokens(of({ task: 'segmentation' }), 'par1.0.0', [0, 1]).map(Number) as [number, number];
    expect(one - none).toBeCloseTo((2 * 64) / 125226.01606, 3);
  });

  it('corrected: true costs in the normaliser and in each token, convolutions unchanged', () => {
    const corrected = of({ task: 'segmentation' }, 'corrected');
    const paper = of({ task: 'segmentation' });
    // The convolutions' sum is that of the supernet without transformers.
    const convolutions = seg.normaliser * (seg.units + 1e-5);
    const transformers = corrected.normaliser * (corrected.units + 1e-5) - convolutions;
    expect(transformers).toBeCloseTo(6_125_232_912 - 5_917_958_928, -1); // supernet with minus without, section 11.3
    expect(corrected.blocks[0]!.kernels[0]!.penalty * corrected.normaliser).toBeCloseTo(
      paper.blocks[0]!.kernels[0]!.penalty * paper.normaliser,
      6,
    );
    // The marginal cost of the last of c tokens.
    const penalty = corrected.blocks.find((block) => block.block === 'par1.0.0')!.tokens!.penalty;
    expect(penalty(5) * corrected.normaliser).toBeCloseTo(transformerMacs(18, 18, 5) - transformerMacs(18, 18, 4), 6);
  });

  it('the released profiler leaves out more than half of a transformer of 64 tokens', () => {
    expect(transformerMacs(18, 18, 64) / profiledTransformerMacs(18, 18, 64)).toBeGreaterThan(2.4);
  });

  it('names the weights that it weighs', () => {
    const block = of({ task: 'segmentation' }).blocks.find((entry) => entry.block === 'fuse2.0.0')!;
    expect(block.kernels.map(({ gamma }) => gamma)).toEqual([0, 1, 2].map((i) => `features.4.fuse_layers.0.0.ops.${i}.1.1.weight`));
    expect(block.tokens?.gamma).toBe('features.4.fuse_layers.0.0.transformer.input_norm.weight');
    const names = new Set(hrNas.graph(hrNas.largest({ task: 'segmentation' }), [64, 64, 3]).weights.map((spec) => spec.name));
    expect(names.has(block.kernels[2]!.gamma) && names.has(block.tokens!.gamma)).toBe(true);
  });
});
