import { withDefaults } from '../spaces/hr-nas/settings.ts';
import type { Architecture, Problem } from '../spaces/search-space.ts';
import type { SearchConfig } from './config.ts';

/** What the searches of one system ask of the settings of its space, which the space itself has found right. Pure. */
export interface SystemRules {
  problems(config: SearchConfig): readonly Problem[];
  /** How many classes a network of these settings tells apart. */
  classes(settings: Architecture['settings']): number;
}

export const systemRules: Readonly<Record<SearchConfig['system'], SystemRules>> = {
  'hr-nas': {
    problems({ space, strategy }) {
      const { task, blockForm } = withDefaults(space);
      if (task !== 'segmentation') return [{ path: 'space.task', message: `${task} cannot be searched; only segmentation can` }];
      if (strategy.id !== 'shrink' || blockForm === 'search') return [];
      const message = `'${blockForm}' has no importance factors to shrink by; use 'search', or the strategy random or fixed`;
      return [{ path: 'space.blockForm', message }];
    },
    classes: (settings) => withDefaults(settings).classes,
  },
};
