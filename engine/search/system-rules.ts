import { withDefaults as dpcSettings } from '../spaces/dpc/settings.ts';
import { withDefaults as hrNasSettings } from '../spaces/hr-nas/settings.ts';
import { withDefaults as liteHrNetSettings } from '../spaces/lite-hrnet/settings.ts';
import type { Architecture, Problem } from '../spaces/search-space.ts';
import type { DataConfig, SearchConfig } from './config.ts';

/** What the searches of one system ask of the settings of its space, which the space itself has found right. Pure. */
export interface SystemRules {
  problems(config: SearchConfig): readonly Problem[];
  /** What networks of these settings are trained for; undefined where they cannot be searched. */
  task(settings: Architecture['settings']): DataConfig['kind'] | undefined;
  /** How many classes (of key points: joints) a network of these settings tells apart. */
  classes(settings: Architecture['settings']): number;
}

export const systemRules: Readonly<Record<SearchConfig['system'], SystemRules>> = {
  'hr-nas': {
    problems({ space, strategy, data, proxy }) {
      const { blockForm } = hrNasSettings(space);
      const problems = [...withoutProxy(proxy), ...multiplesOf(4, data)];
      if (strategy.id === 'shrink' && blockForm !== 'search') {
        const message = `'${blockForm}' has no importance factors to shrink by; use 'search', or the strategy random or fixed`;
        problems.push({ path: 'space.blockForm', message });
      }
      return problems;
    },
    task: (settings) => {
      const { task } = hrNasSettings(settings);
      return task === 'pose' ? 'keypoints' : task === 'segmentation' ? task : undefined;
    },
    classes: (settings) => hrNasSettings(settings).classes,
  },
  'lite-hrnet': {
    problems: ({ proxy, strategy }) => [...withoutProxy(proxy), ...withoutShrinking(strategy)],
    task: () => 'keypoints',
    classes: (settings) => liteHrNetSettings(settings).joints,
  },
  dpc: {
    problems: (config) => [...withoutShrinking(config.strategy), ...dpcProblems(config)],
    task: () => 'segmentation',
    classes: (settings) => dpcSettings(settings).classes,
  },
};

/** Whether the data and the network are for the same task. */
export function taskProblems({ system, space, data }: SearchConfig): readonly Problem[] {
  const task = systemRules[system].task(space);
  if (task === data.kind) return [];
  if (task === undefined) return [{ path: 'space.task', message: `${JSON.stringify(space.task)} cannot be searched yet` }];
  return [{ path: 'data.kind', message: `is ${data.kind}; the networks of these settings are for ${task}` }];
}

function withoutProxy({ id }: SearchConfig['proxy']): Problem[] {
  return id === 'none' ? [] : [{ path: 'proxy.id', message: `${id} is DPC's; use none` }];
}

function withoutShrinking({ id }: SearchConfig['strategy']): Problem[] {
  return id === 'shrink' ? [{ path: 'strategy.id', message: "shrink needs importance factors, which only HR-NAS's networks have" }] : [];
}

/** Sizes that corners align at, networks that see pictures, and what the proxy task can train (DPC specification sections 4 to 6). */
function dpcProblems({ space, data, proxy, strategy }: SearchConfig): Problem[] {
  const { backbone, outputStride, crop, decoder } = dpcSettings(space);
  if (backbone === 'none') return [{ path: 'space.backbone', message: "'none' reads features, not pictures; use mobilenet-v2" }];
  const problems = data.kind === 'segmentation' ? alignedSizes(outputStride, data) : [];
  if (strategy.id !== 'fixed') {
    if (data.kind === 'segmentation' && crop.join() !== data.crop.join()) {
      problems.push({ path: 'space.crop', message: `is ${crop.join('x')}; data.crop is ${data.crop.join('x')}: name the same size` });
    }
  } else if (proxy.id !== 'none') {
    const trained = 'trains the cell alone; use proxy.id=none';
    if (strategy.weights !== '') problems.push({ path: 'strategy.weights', message: `starts a whole network, and the proxy ${trained}` });
    if (decoder) problems.push({ path: 'strategy.arch', message: `has a decoder, and the proxy ${trained}` });
  }
  return problems;
}

function alignedSizes(stride: number, data: Extract<DataConfig, { kind: 'segmentation' }>): Problem[] {
  return (['crop', 'evaluationSize'] as const).flatMap((name) =>
    data[name].flatMap((side, i) => {
      if (side % stride === 1) return [];
      const near = Math.max(1, Math.floor(side / stride)) * stride + 1;
      const message = `must be a multiple of ${stride} (the output stride) plus 1, so that corners align; near it: ${near}`;
      return [{ path: `data.${name}.${i}`, message }];
    }),
  );
}

/** Outputs have a `stride`-th of each side. */
function multiplesOf(stride: number, data: DataConfig): Problem[] {
  if (data.kind === 'keypoints') return [];
  return (['crop', 'evaluationSize'] as const).flatMap((name) =>
    data[name].flatMap((side, i) =>
      side % stride === 0 ? [] : [{ path: `data.${name}.${i}`, message: `must be a multiple of ${stride} (the network's output stride)` }],
    ),
  );
}
