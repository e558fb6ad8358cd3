import { synthesizeKeypoints } from '../../../datasets/coco-keypoints/synthesize/synthesize.ts';
import type { DemoData } from './demo-data.ts';

interface Counts {
  readonly train: number;
  readonly val: number;
}

function figures(name: string, counts: Counts): DemoData {
  return {
    name,
    pictures: 'pictures of figures',
    draw: async (root, { signal, progress }) => {
      const options = { ...counts, style: 'plain', height: 240, width: 320, seed: 0 } as const;
      const { written } = await synthesizeKeypoints(root, { ...options, signal, onProgress: ({ done, total }) => progress(done, total) });
      return written;
    },
  };
}

/** Of the training pictures a tenth is held out, on which networks are ranked. */
export const demoFigures = figures('demo-figures', { train: 1200, val: 100 });

export const quickFigures = figures('demo-figures-quick', { train: 120, val: 20 });
