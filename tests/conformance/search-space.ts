import { describe, expect, it } from 'vitest';
import { estimate } from '../../engine/cost/estimate.ts';
import { EngineError } from '../../engine/error.ts';
import type { Shape } from '../../engine/graph/model-graph.ts';
import { rngFor } from '../../engine/rng.ts';
import { architectureHash } from '../../engine/spaces/canonical.ts';
import type { Architecture, SearchSpace } from '../../engine/spaces/search-space.ts';

export interface SearchSpaceCase {
  readonly space: SearchSpace;
  readonly settings: Architecture['settings'];
  readonly input: Shape;
}

/** What every search space promises. */
export function searchSpaceConformance(title: string, { space, settings, input }: SearchSpaceCase): void {
  describe(`search space: ${title}`, () => {
    const sample = (n: number): Architecture => space.sample(settings, rngFor(7, 'sample', n));

    it('largest, smallest and samples are valid and build networks with every weight named once', () => {
      for (const arch of [space.largest(settings), space.smallest(settings), ...[0, 1, 2].map(sample)]) {
        expect(space.check(arch)).toEqual([]);
        const graph = space.graph(arch, input);
        expect(new Set(graph.weights.map((spec) => spec.name)).size).toBe(graph.weights.length);
        expect(new Set(graph.nodes.map((node) => node.id)).size).toBe(graph.nodes.length);
      }
    });

    it('a sample costs no more than the largest and no less than the smallest', () => {
      const macs = [space.smallest(settings), sample(3), space.largest(settings)].map((arch) => estimate(space.graph(arch, input)).macs);
      expect(macs).toEqual([...macs].sort((a, b) => a - b));
    });

    it('the same stream gives the same sample, another one a different', () => {
      expect(sample(4)).toEqual(sample(4));
      expect(sample(4)).not.toEqual(sample(5));
    });

    it('canonical form is stable, valid, independent of key order and has one hash', () => {
      const arch = sample(6);
      const reversed = {
        ...arch,
        settings: Object.fromEntries(Object.entries(arch.settings).reverse()),
        choices: Object.fromEntries(Object.entries(arch.choices).reverse()),
      };
      const canonical = space.canonical(arch);
      expect(space.check(canonical)).toEqual([]);
      expect(JSON.stringify(space.canonical(reversed))).toBe(JSON.stringify(canonical));
      expect(space.canonical(canonical)).toEqual(canonical);
      expect(architectureHash(canonical)).toBe(architectureHash(space.canonical(reversed)));
      expect(architectureHash(canonical)).not.toBe(architectureHash(space.canonical(sample(8))));
    });

    it('the official notation reads back as the same architecture', () => {
      const arch = space.canonical(sample(9));
      const file: unknown = JSON.parse(JSON.stringify(space.exportOfficial(arch)));
      expect(space.canonical(space.importOfficial(file))).toEqual(arch);
    });

    it('published networks are valid and carry their full name', () => {
      for (const { name, arch, source } of space.published) {
        expect(name.startsWith(`${space.id}:`)).toBe(true);
        expect(source.length).toBeGreaterThan(0);
        expect(space.check(arch)).toEqual([]);
      }
    });

    it('choices out of range, missing, unknown and fractional are reported together with their paths, and no graph is built', () => {
      const arch = space.largest(settings);
      const [first, second, third] = space.choices(settings);
      const choices: Record<string, number> = { ...arch.choices, [first!.name]: 1e6, [second!.name]: 0.5, extra: 1 };
      delete choices[third!.name];
      const broken = { ...arch, choices };
      expect(
        space
          .check(broken)
          .map((problem) => problem.path)
          .sort(),
      ).toEqual([`choices.${first!.name}`, `choices.${second!.name}`, `choices.${third!.name}`, 'choices.extra'].sort());
      expect(() => space.graph(broken, input)).toThrow(EngineError);
      expect(() => space.canonical(broken)).toThrow(EngineError);
    });
  });
}
