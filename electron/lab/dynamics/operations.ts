import { parseSearchConfig } from '../../../engine/search/config.ts';
import type { DynamicsApi } from '../../ipc/dynamics.ts';
import type { LabContext } from '../context.ts';
import { findExperiment } from '../search-setup.ts';
import { experimentView } from '../views.ts';
import { rankAgreement } from './rank-agreement.ts';
import { familyDynamics } from './registry.ts';
import { trialsOverTime } from './trials-over-time.ts';

/** How searches went about it, from what is stored alone. */
export function createDynamicsApi({ layout, reading }: LabContext): DynamicsApi {
  return {
    dynamics: async (given) => {
      const store = reading();
      const record = findExperiment(store, given);
      const { id, name, system, state } = experimentView(store, layout, record);
      return {
        experiment: { id, name, system, state },
        family: familyDynamics({ store, id, config: parseSearchConfig(record.config) }),
        trials: trialsOverTime(store.trialPoints(id)),
        agreement: rankAgreement(store, [id]),
      };
    },
    rankAgreement: async (ids) => {
      const store = reading();
      return rankAgreement(
        store,
        ids.map((id) => findExperiment(store, id).id),
      );
    },
  };
}
