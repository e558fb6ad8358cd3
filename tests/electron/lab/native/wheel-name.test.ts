import { describe, expect, it } from 'vitest';
import { compareVersions, parseWheelName, satisfies } from '../../../../electron/lab/native/wheel-name.ts';

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
  });
});

describe('versions', () => {
  it('are compared number by number', () => {
    expect(['2.9.1', '2.21.0', '2.21', '2.21.0.1'].toSorted(compareVersions)).toEqual(['2.9.1', '2.21.0', '2.21', '2.21.0.1']);
    expect(compareVersions('12.9.1.4', '12.10')).toBeLessThan(0);
  });

  it('an exact requirement takes this version alone, a range takes what is in it, neither takes a candidate', () => {
    const exact = { name: 'tensorflow-cpu', from: '2.21.0' };
    expect(['2.21.0', '2.21.1', '2.21.0rc1'].filter((version) => satisfies(version, exact))).toEqual(['2.21.0']);
    const range = { name: 'nvidia-cublas-cu12', from: '12.5.3.2', below: '13.0' };
    const versions = ['12.5.3.1', '12.5.3.2', '12.9.1.4', '13.0.0.1', '12.9.0rc1'];
    expect(versions.filter((version) => satisfies(version, range))).toEqual(['12.5.3.2', '12.9.1.4']);
  });
});
