import { describe, expect, it } from 'vitest';
import { findPublished } from '../../../../engine/catalog.ts';
import { estimate } from '../../../../engine/cost/estimate.ts';
import { dpc } from '../../../../engine/spaces/dpc/dpc.ts';
import {
  backboneOf,
  cellWith,
  graphBackboneAlone,
  graphOnFeatures,
  withSimpleHead,
  withoutDecoder,
} from '../../../../engine/spaces/dpc/proxy.ts';

const image = [65, 129, 3];

describe('a network taken apart for the proxy task', () => {
  it.each([
    ['output stride 16', {}, [5, 9, 320]],
    ['output stride 8, narrow', { outputStride: 8, width: 0.25 }, [9, 17, 80]],
    ['pooling by grid cells', { poolMode: 'grid' }, [5, 9, 320]],
  ])('%s: backbone and what is trained on its features have together the weights and MACs of the whole', (_, settings, shape) => {
    const published = findPublished('dpc:aspp');
    const arch = { ...published, settings: { ...published.settings, ...settings } };
    const backbone = graphBackboneAlone(arch.settings, image);
    const features = backbone.nodes.at(-1)!.shape;
    expect(features).toEqual(shape);
    const trained = graphOnFeatures(arch, features);
    const whole = dpc.graph(arch, image);
    expect([...backbone.weights, ...trained.weights]).toEqual(whole.weights);
    expect(estimate(backbone).macs + estimate(trained).macs).toBe(estimate(whole).macs);
  });

  it('weights of a backbone fit every output stride, but its features differ: it is named with its stride', () => {
    const [sixteen, eight] = [16, 8].map((outputStride) => ({ ...findPublished('dpc:aspp').settings, outputStride }));
    expect(graphBackboneAlone(eight!, image).weights).toEqual(graphBackboneAlone(sixteen!, image).weights);
    expect(graphBackboneAlone(eight!, image).nodes.at(-1)!.shape).not.toEqual(graphBackboneAlone(sixteen!, image).nodes.at(-1)!.shape);
    expect(backboneOf(eight!)).not.toEqual(backboneOf(sixteen!));
  });

  it('a decoder is left out of trials and comes back with the settings', () => {
    const settings = { ...findPublished('dpc:top1').settings, decoder: true };
    const trial = { ...findPublished('dpc:top1'), settings: withoutDecoder(settings) };
    expect(dpc.graph(trial, image).weights.some(({ name }) => name.startsWith('decoder/'))).toBe(false);
    const final = cellWith(trial, settings);
    expect(final).toMatchObject({ settings: { decoder: true }, choices: trial.choices });
    expect(dpc.graph(final, image).weights.some(({ name }) => name.startsWith('decoder/'))).toBe(true);
  });

  it('the simple head is that of the released MobileNet-v2 networks, on any backbone', () => {
    expect(dpc.canonical(withSimpleHead({}))).toEqual(dpc.canonical(findPublished('dpc:image-pooling')));
    expect(withSimpleHead({ backbone: 'xception-65', classes: 3 }).settings).toMatchObject({
      backbone: 'xception-65',
      classes: 3,
      decoder: false,
    });
  });

  it('settings that are none are refused', () => {
    expect(() => graphBackboneAlone({ backbone: 'resnet' }, image)).toThrow(/settings.backbone/);
  });
});
