import type { Json } from '../../../db/store.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import type { StartSearchRequest } from '../../ipc/contract.ts';
import { deviceChoice } from '../device-choice.ts';
import type { CommonOptions } from './session.ts';

/** What starts a search of a configuration, with what every command takes. */
export function startRequest(config: SearchConfig, common: CommonOptions, name?: string): StartSearchRequest {
  return {
    config: config as unknown as Json,
    dataset: config.data.dataset,
    ...(name === undefined ? {} : { name }),
    ...deviceChoice(common),
  };
}
