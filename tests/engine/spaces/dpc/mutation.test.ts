import { describe, expect, it } from 'vitest';
import { rngFor } from '../../../../engine/rng.ts';
import { dpc } from '../../../../engine/spaces/dpc/dpc.ts';
import { mutate, neighbours } from '../../../../engine/spaces/dpc/mutation.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

const top1 = dpc.published[0]!.arch;

function changes(a: Architecture, b: Architecture): string[] {
  return Object.keys(a.choices).filter((name) => a.choices[name] !== b.choices[name]);
}

describe('mutation', () => {
  it.each([
    [1, 80],
    [2, 161],
    [3, 243],
    [4, 326],
    [5, 410],
    [6, 495],
    [8, 668],
  ])('with %i branches there are %i neighbours: valid, different, one choice away', (branches, expected) => {
    const arch = dpc.sample({ branches }, rngFor(1, 'neighbours', branches));
    const list = neighbours(arch);
    expect(list).toHaveLength(expected);
    expect(new Set(list.map((other) => JSON.stringify(other.choices))).size).toBe(expected);
    expect(list.every((other) => changes(arch, other).length === 1 && dpc.check(other).length === 0)).toBe(true);
  });

  it('a mutation is a neighbour, follows from the stream, leaves the parent as it was, and reaches every choice', () => {
    const before = structuredClone(top1);
    const children = Array.from({ length: 200 }, (_, n) => mutate(top1, rngFor(7, 'mutate', n)));
    expect(children.map((child) => changes(top1, child).length)).toEqual(children.map(() => 1));
    expect(mutate(top1, rngFor(7, 'mutate', 3))).toEqual(children[3]);
    expect(top1).toEqual(before);
    const changed = children.flatMap((child) => changes(top1, child));
    expect(new Set(changed.filter((name) => name.endsWith('.op'))).size).toBe(5);
    expect(changed.filter((name) => name.endsWith('.op')).length).toBeGreaterThan(180); // 400 of 410 neighbours
  });
});
