import { describe, expect, it } from 'vitest';
import { architectureHash, canonicalJson } from '../../../engine/spaces/canonical.ts';

describe('canonical JSON', () => {
  it('sorts keys at every depth, keeps lists, leaves undefined out', () => {
    expect(canonicalJson({ b: [2, { d: 1, c: null }], a: 'x', e: undefined })).toBe('{"a":"x","b":[2,{"c":null,"d":1}]}');
  });

  it('the hash is FNV-1a 64 of the text', () => {
    // {"choices":{},"settings":{},"space":"a","version":1}, hashed by an independent program.
    expect(architectureHash({ space: 'a', version: 1, settings: {}, choices: {} })).toBe('8971d4a052a174ba');
  });
});
