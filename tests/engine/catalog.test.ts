import { describe, expect, it } from 'vitest';
import { findPublished, findSpace, parseArchitecture, spaces } from '../../engine/catalog.ts';

describe('catalogue', () => {
  it('finds spaces and published networks, and names the ones that exist otherwise', () => {
    expect(spaces.map((space) => space.id)).toContain('hr-nas');
    expect(findSpace('hr-nas').title).toBe('HR-NAS');
    expect(findPublished('hr-nas:cs2').choices['transform.k3']).toBe(5);
    expect(() => findSpace('hrnas')).toThrow(/known: hr-nas/);
    expect(() => findPublished('hr-nas:cs9')).toThrow(/known: hr-nas:cs1, /);
  });

  it('an architecture from JSON comes back in canonical form', () => {
    const arch = findPublished('hr-nas:in');
    expect(parseArchitecture(JSON.parse(JSON.stringify(arch)))).toEqual(findSpace('hr-nas').canonical(arch));
  });

  it.each([[null], ['text'], [[]], [{ space: 'hr-nas' }], [{ space: 'hr-nas', version: 1, settings: [], choices: {} }]])(
    '%j is no architecture',
    (value) => {
      expect(() => parseArchitecture(value)).toThrow(/expected \{ space, version, settings, choices \}/);
    },
  );

  it('problems come with their paths', () => {
    const arch = findPublished('hr-nas:cs2');
    expect(() => parseArchitecture({ ...arch, choices: { ...arch.choices, 'fuse0.0.0.k3': 97 } })).toThrow(
      'choices.fuse0.0.0.k3 is 97; the options are 0..96',
    );
    expect(() => parseArchitecture({ ...arch, version: '1' })).toThrow(/version must be 1/);
  });
});
