import { describe, expect, it } from 'vitest';
import { computed, nextTick, shallowRef } from 'vue';
import { errorColors as drawn } from '../../../../datasets/picture-layers.ts';
import type { SamplePage } from '../../../../electron/ipc/dataset-browsing.ts';
import { healthLook } from '../../../../renderer/views/datasets/health.ts';
import { errorColors, layerAddress, layerText, mediaAddress, parseLayer } from '../../../../renderer/views/datasets/media.ts';
import { pageSize, useSamplePages } from '../../../../renderer/views/datasets/use-sample-pages.ts';

const tile = (index: number) => ({ index, key: `k${index}`, kind: 'segmentation', media: `/media/city/f/val/${index}/`, hasLabels: true });
const settled = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await nextTick();
};

describe('pages of samples', () => {
  const pageOf = (total: number) => (offset: number, limit: number) => {
    asked.push(offset);
    const samples = Array.from({ length: Math.min(limit, total - offset) }, (_, i) => tile(offset + i));
    return Promise.resolve({ total, samples });
  };
  let asked: number[] = [];

  it('reads the first page at once, others when they come into view, and none twice', async () => {
    asked = [];
    const pages = useSamplePages(computed(() => pageOf(150)));
    await settled();
    expect(pages.total.value).toBe(150);
    pages.show(pageSize - 3, pageSize + 3);
    pages.show(pageSize, pageSize + 9);
    await settled();
    pages.show(pageSize, pageSize + 9);
    expect(asked).toEqual([0, pageSize]);
    expect(pages.tiles.value.get(pageSize + 1)?.key).toBe(`k${pageSize + 1}`);
  });

  it('an answer to an older question is dropped', async () => {
    const answers: ((page: SamplePage) => void)[] = [];
    const slow = () => new Promise<SamplePage>((resolve) => answers.push(resolve));
    const source = shallowRef<(offset: number, limit: number) => Promise<SamplePage>>(slow);
    const pages = useSamplePages(computed(() => source.value));
    source.value = () => Promise.resolve({ total: 1, samples: [tile(7)] });
    await settled();
    answers[0]?.({ total: 99, samples: [tile(0)] });
    await settled();
    expect([pages.total.value, pages.tiles.value.get(0)?.index]).toEqual([1, 7]);
  });

  it('a failure is told and ends the waiting', async () => {
    const error = Object.assign(new Error('gone'), { code: 'dataset-missing' });
    const pages = useSamplePages(computed(() => () => Promise.reject(error)));
    await settled();
    expect(pages.failure.value).toMatchObject({ code: 'dataset-missing', message: 'gone' });
    expect(pages.isLoading.value).toBe(false);
  });
});

describe('addresses of layers', () => {
  it('carry width, evaluation and class', () => {
    expect(mediaAddress(tile(3), 'image', { width: 240 })).toBe('/media/city/f/val/3/image.png?width=240');
    expect(layerAddress(tile(3), { kind: 'errors', evaluation: 'ev-1a' }, { only: 11 })).toBe(
      '/media/city/f/val/3/errors.png?evaluation=ev-1a&class=11',
    );
    expect(layerAddress({ ...tile(3), hasLabels: false }, { kind: 'labels' })).toBeUndefined();
    expect(layerAddress(tile(3), { kind: 'none' })).toBeUndefined();
  });

  it.each([{ kind: 'none' } as const, { kind: 'labels' } as const, { kind: 'errors', evaluation: 'ev-0f' } as const])(
    '%o survives the address of a view',
    (layer) => {
      expect(parseLayer(layerText(layer), { kind: 'none' })).toEqual(layer);
    },
  );

  it('an address that is none of a layer is the fallback', () => {
    expect(parseLayer('errors:../x', { kind: 'labels' })).toEqual({ kind: 'labels' });
  });

  it('legends have the colours that are drawn', () => {
    expect(errorColors).toEqual(drawn);
  });
});

describe('health in two words', () => {
  const finding = (severity: 'error' | 'warn' | 'info') => ({ severity, code: 'c', count: 1, examples: [], message: 'm', tip: 't' });
  it.each([
    [[], 'sound'],
    [[finding('info')], 'sound'],
    [[finding('warn'), finding('info'), finding('warn')], '2\u00a0warnings'],
    [[finding('warn'), finding('error')], '1\u00a0error'],
  ])('%j', (findings, text) => {
    expect(healthLook({ status: 'ok', findings }).text).toBe(text);
  });
});
