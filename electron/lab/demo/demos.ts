import type { PresetName } from '../../../engine/search/config.ts';
import type { DemoName } from '../../ipc/demo.ts';
import type { DemoData } from './demo-data.ts';
import { demoFigures, quickFigures } from './figures.ts';
import { demoStreets, quickStreets } from './street-scenes.ts';

export interface Demo {
  /** The experiment gets it as its name. */
  readonly title: string;
  readonly description: string;
  /** On two cores, from nothing to the front. */
  readonly minutes: number;
  readonly preset: PresetName;
  readonly data: DemoData;
  /** A random search with the same budget: on another core beside the search, or after it, where it needs what that has made. */
  readonly baseline: 'none' | 'beside' | 'after';
  /** A form of at most 40 s that shows that everything works, not what it finds. */
  readonly quick: { readonly data: DemoData; readonly config: Readonly<Record<string, unknown>> };
}

const tinyShrink = { warmupSteps: 10, steps: 20, intervalSteps: 10, rampSteps: 5 };

export const demos: Readonly<Record<DemoName, Demo>> = {
  'hr-nas': {
    title: 'HR-NAS demo',
    description: 'A supernet of convolutions and transformers is trained once and shrunk with three penalties, on drawn street scenes.',
    minutes: 2.5,
    preset: 'demo',
    data: demoStreets,
    baseline: 'none',
    quick: { data: quickStreets, config: { strategy: tinyShrink } },
  },
  'hr-nas-pose': {
    title: 'HR-NAS pose demo',
    description: "HR-NAS's supernet learns the joints of drawn figures and is shrunk with three penalties.",
    minutes: 4,
    preset: 'hrnas-pose-demo',
    data: demoFigures,
    baseline: 'beside',
    quick: { data: quickFigures, config: { strategy: tinyShrink } },
  },
  'lite-hrnet': {
    title: 'Lite-HRNet demo',
    description: 'Evolution over a family of small Lite-HRNets, which learn the joints of drawn figures.',
    minutes: 4,
    preset: 'lite-hrnet-demo',
    data: demoFigures,
    baseline: 'beside',
    quick: { data: quickFigures, config: { strategy: { trials: 3, steps: 10, population: 2, tournament: 2 } } },
  },
  dpc: {
    title: 'DPC demo',
    description: 'Cells are tried on the stored features of a frozen backbone, the best are trained again, on drawn street scenes.',
    minutes: 4,
    preset: 'dpc-demo',
    data: demoStreets,
    baseline: 'after',
    quick: {
      data: quickStreets,
      config: { proxy: { steps: 10 }, strategy: { trials: 3, steps: 10, top: 2, retrain: { top: 1, steps: 10 } } },
    },
  },
};
