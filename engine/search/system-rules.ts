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
    problems: ({ strategy }) => withoutShrinking(strategy),
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

/** Outputs have a `stride`-th of each side. */
function multiplesOf(stride: number, data: DataConfig): Problem[] {
  if (data.kind === 'keypoints') return [];
  return (['crop', 'evaluationSize'] as const).flatMap((name) =>
    data[name].flatMap((side, i) =>
      side % stride === 0 ? [] : [{ path: `data.${name}.${i}`, message: `must be a multiple of ${stride} (the network's output stride)` }],
    ),
  );
}
