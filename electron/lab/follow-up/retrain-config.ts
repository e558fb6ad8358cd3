import type { Json } from '../../../db/store.ts';
import { findSpace } from '../../../engine/catalog.ts';
import { applySettings, parseSearchConfig } from '../../../engine/search/config.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { retrainedArch } from '../../../engine/search/network.ts';
import { proxyDefaults } from '../../../engine/search/presets/defaults.ts';
import { canonicalJson } from '../../../engine/spaces/canonical.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import type { RetrainRequest } from '../../ipc/follow-up.ts';
import { ownSteps } from './retrain-figures.ts';

export interface FoundNetwork {
  readonly arch: Architecture;
  /** Absolute path of its weight file. */
  readonly file: string | undefined;
}

/**
 * A search's configuration with a found network in place of the search, in the form that the final recipe trains. A network that a proxy task found
 * is trained as a whole, from where the proxy task left it where it stays the same network.
 */
export function retrainConfig(
  given: Json,
  { arch: found, file }: FoundNetwork,
  { steps, set = [] }: Pick<RetrainRequest, 'steps' | 'set'>,
): SearchConfig {
  const config = parseSearchConfig(given);
  const form = findSpace(found.space).retrainForm?.(found) ?? found;
  const isProxied = config.proxy.id !== 'none';
  const arch = isProxied && config.strategy.id !== 'fixed' ? retrainedArch(config, form) : form;
  const weights = isProxied && canonicalJson(arch.settings) === canonicalJson(found.settings) ? (file ?? '') : '';
  const base = {
    ...config,
    space: arch.settings,
    proxy: proxyDefaults.none,
    strategy: { id: 'fixed', arch, weights, steps: steps ?? ownSteps(config) },
  };
  return parseSearchConfig(
    applySettings(
      base,
      set.map(([path, value]) => `${path}=${JSON.stringify(value)}`),
    ),
  );
}
