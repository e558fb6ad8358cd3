import { describe, expect, it } from 'vitest';
import { parseWheelName } from '../../../../electron/lab/native/wheel-name.ts';

describe('names of wheels', () => {
  it('say name, version, Python and platforms', () => {
    expect(parseWheelName('tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl')).toEqual({
      name: 'tensorflow-cpu',
      version: '2.21.0',
      python: 'cp311',
      platforms: ['manylinux_2_27_x86_64'],
    });
    expect(parseWheelName('nvidia_nccl_cu12-2.28.3-1-py3-none-manylinux_2_18_x86_64.manylinux2014_x86_64.whl')?.platforms).toEqual([
      'manylinux_2_18_x86_64',
      'manylinux2014_x86_64',
    ]);
  });

  it('what is no wheel has none', () => {
    expect(parseWheelName('tensorflow-2.21.0.tar.gz')).toBeUndefined();
    expect(parseWheelName('a-b.whl')).toBeUndefined();
    expect(parseWheelName('a-1-cp311/../../../b-abi-linux_x86_64.whl')).toBeUndefined();
    expect(parseWheelName('a-1-cp311\\..\\b-abi-linux_x86_64.whl')).toBeUndefined();
  });
});
