import type { Section } from '../../router.ts';
import type { IconName } from '../icons.ts';

/** The navigation from top to bottom. */
export const sections: readonly { readonly section: Section; readonly title: string; readonly to: string; readonly icon: IconName }[] = [
  { section: 'home', title: 'Home', to: '/', icon: 'home' },
  { section: 'experiments', title: 'Experiments', to: '/experiments', icon: 'experiments' },
  { section: 'tradeoff', title: 'Trade-off', to: '/tradeoff', icon: 'tradeoff' },
  { section: 'compare', title: 'Compare', to: '/compare', icon: 'compare' },
  { section: 'architecture', title: 'Architecture', to: '/architecture', icon: 'architecture' },
  { section: 'datasets', title: 'Data sets', to: '/datasets', icon: 'datasets' },
  { section: 'new-search', title: 'New search', to: '/new-search', icon: 'new-search' },
  { section: 'jobs', title: 'Jobs & devices', to: '/jobs', icon: 'jobs' },
  { section: 'settings', title: 'Settings', to: '/settings', icon: 'settings' },
];
