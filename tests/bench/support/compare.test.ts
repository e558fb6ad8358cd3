import { describe, expect, it } from 'vitest';
import { benchEntries } from './bench-table.ts';
import { compare, measureInTurns, median } from './compare.ts';
import type { Measured, Measurement, Side } from './compare.ts';
import type { StepAnswer } from './step-protocol.ts';

const [mobile] = benchEntries;
const cs2 = benchEntries.find(({ name }) => name === 'hr-nas-cs2')!;

function measured(name: Measured['name'], medianMs: number, last: Partial<StepAnswer> = {}): Measured {
  const answer = { ms: [], firstLoss: 2, parameters: 10, peakBytes: 1e9, startBytes: 0, ...last };
  return { name, medianMs, bestMs: medianMs, firstMs: medianMs, last: answer };
}

function quiet(...sides: readonly Measured[]): Measurement {
  return { sides, others: NaN };
}

describe('comparison with PyTorch', () => {
  it('a compiled step at 0.80 of the time reaches the bar of mobile, an eager one at 1.7 misses its own', () => {
    const sides = quiet(measured('eager', 17), measured('compiled', 8), measured('PyTorch', 10));
    const { lines, problems } = compare(mobile!, 'tensorflow', 1, sides);
    expect(lines[1]).toContain('0.80 <= 0.85');
    expect(problems).toEqual(["mobile, 1 threads, eager: time 1.700 of PyTorch's, bar 1.6"]);
  });

  it('eager has no bar on two threads; a peak above 1.25 times PyTorch is told', () => {
    const sides = quiet(measured('eager', 30), measured('compiled', 9, { peakBytes: 1.3e9 }), measured('PyTorch', 10));
    expect(compare(cs2, 'tensorflow', 2, sides).problems).toEqual(["hr-nas-cs2, 2 threads, compiled: memory 1.300 of PyTorch's, bar 1.25"]);
  });

  it('other counts of weights or, from the same weights, another first loss: not the same network', () => {
    const other = quiet(measured('eager', 1, { parameters: 11, firstLoss: 2.01 }), measured('PyTorch', 1));
    expect(compare(cs2, 'wasm', 1, other).problems).toHaveLength(2);
    expect(compare(mobile!, 'wasm', 1, other).problems).toHaveLength(1);
  });

  it('other programs on the machine are told beside the figures', () => {
    const busy = { ...quiet(measured('eager', 1), measured('PyTorch', 1)), others: 0.8 };
    expect(compare(mobile!, 'wasm', 1, busy).problems.join()).toContain('0.8 cores busy');
  });

  it('sides take turns; the median leaves the warm-up out and one slow step does not move it', async () => {
    const calls: string[] = [];
    const side = (name: Side['name'], ms: number): Side => {
      let asked = 0;
      const run = (steps: number): Promise<StepAnswer> => {
        calls.push(name);
        const slow = asked++ === 0 ? 1000 : asked === 5 ? 500 : ms;
        return Promise.resolve({ ...measured(name, 0).last, ms: [slow, ...Array.from({ length: steps - 1 }, () => ms)] });
      };
      return { name, process: { run, stop: () => Promise.resolve(), pid: undefined } };
    };
    const { sides } = await measureInTurns([side('compiled', 100), side('PyTorch', 200)], 2);
    expect(sides.map(({ medianMs, firstMs }) => [medianMs, firstMs])).toEqual([
      [100, 1000],
      [200, 1000],
    ]);
    expect(calls.slice(-4)).toEqual(['compiled', 'PyTorch', 'compiled', 'PyTorch']);
    expect(median([3, 1, 2])).toBe(2);
  });
});
