import { synthesizeCityscapes } from '../../../datasets/cityscapes/synthesize/synthesize.ts';
import type { DemoData } from './demo-data.ts';

interface Counts {
  readonly train: number;
  readonly val: number;
}

function streetScenes(name: string, counts: Counts): DemoData {
  return {
    name,
    pictures: 'street scenes',
    draw: async (root, { signal, progress }) => {
      const options = { ...counts, test: 0, height: 128, width: 256, seed: 0 };
      const { written } = await synthesizeCityscapes(root, { ...options, signal, onProgress: ({ done, total }) => progress(done, total) });
      return written;
    },
  };
}

/** Enough cities to hold some out, small enough to be drawn in seconds. */
export const demoStreets = streetScenes('demo-streets', { train: 400, val: 20 });

export const quickStreets = streetScenes('demo-streets-quick', { train: 60, val: 6 });
