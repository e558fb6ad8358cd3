import { applySettings, parseSearchConfig } from '../../../engine/search/config.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';

export const demoName = 'HR-NAS demo';

/** The demo's configuration on a data set. */
export function demoConfig(dataset: string, seed?: number): SearchConfig {
  const settings = [`data.dataset=${JSON.stringify(dataset)}`, ...(seed === undefined ? [] : [`seed=${seed}`])];
  return parseSearchConfig(applySettings({ preset: 'demo' }, settings));
}
