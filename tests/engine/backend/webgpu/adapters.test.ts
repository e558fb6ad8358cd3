import { describe, expect, test } from 'vitest';
import { chooseAdapter, choiceFrom, isSoftware } from '../../../../engine/backend/webgpu/adapters.ts';
import type { Adapter } from '../../../../engine/backend/webgpu/adapters.ts';

function adapter(name: string, more: Partial<Adapter> = {}): Adapter {
  return {
    name,
    api: 'vulkan',
    vendor: '',
    architecture: '',
    device: '',
    description: '',
    isFallbackAdapter: false,
    isPreferred: false,
    ...more,
  };
}

const small = adapter('Intel(R) UHD Graphics 630');
const large = adapter('NVIDIA RTX A2000', { vendor: 'nvidia', isPreferred: true });
const onCpu = adapter('llvmpipe (LLVM 15.0.6, 256 bits)');

describe('choice of the adapter', () => {
  test('the one that the system prefers, else the first', () => {
    expect(chooseAdapter([small, large])).toBe(large);
    expect(chooseAdapter([small, adapter('AMD Radeon')])).toBe(small);
  });

  test('a named one, by part of its name in any case', () => {
    expect(chooseAdapter([small, large], { adapter: 'intel' })).toBe(small);
    expect(() => chooseAdapter([small, large], { adapter: 'Radeon' })).toThrow(
      expect.objectContaining({ code: 'adapter-not-found', tip: expect.stringContaining('NVIDIA RTX A2000') }),
    );
  });

  test('software is passed over for hardware, refused alone, and taken with the option for tests', () => {
    expect(chooseAdapter([{ ...onCpu, isPreferred: true }, small])).toBe(small);
    expect(() => chooseAdapter([onCpu])).toThrow(expect.objectContaining({ code: 'software-adapter' }));
    expect(() => chooseAdapter([onCpu, large], { adapter: 'llvm' })).toThrow(expect.objectContaining({ code: 'software-adapter' }));
    expect(chooseAdapter([onCpu], { allowSoftware: true })).toBe(onCpu);
  });

  test('no adapter at all: what is needed', () => {
    expect(() => chooseAdapter([])).toThrow(expect.objectContaining({ code: 'no-adapter', tip: expect.stringContaining('libvulkan') }));
  });

  test('one that gives no device is passed over; alone, its reason is told', () => {
    const broken = { ...large, failure: 'no memory' };
    expect(chooseAdapter([broken, small])).toBe(small);
    expect(() => chooseAdapter([broken])).toThrow(
      expect.objectContaining({ code: 'backend-failed', message: expect.stringContaining('no memory') }),
    );
  });

  test.each([
    adapter('SwiftShader Device (Subzero)'),
    adapter('x', { description: 'Microsoft Basic Render Driver' }),
    adapter('x', { architecture: 'warp' }),
    adapter('x', { isFallbackAdapter: true }),
    onCpu,
  ])('$name $description $architecture is software', (candidate) => {
    expect(isSoftware(candidate)).toBe(true);
  });

  test.each([small, large, adapter('AMD Radeon RX 6600 (RADV NAVI23)'), adapter('Apple M1 Max'), adapter('Warpdrive GPU')])(
    '$name is hardware',
    (candidate) => {
      expect(isSoftware(candidate)).toBe(false);
    },
  );

  test('the environment names an adapter and lets tests use software', () => {
    expect(choiceFrom({})).toEqual({ allowSoftware: false });
    expect(choiceFrom({ LAB_WEBGPU_ADAPTER: 'Intel', LAB_TEST_WEBGPU_SOFTWARE: '1' })).toEqual({ adapter: 'Intel', allowSoftware: true });
  });
});
