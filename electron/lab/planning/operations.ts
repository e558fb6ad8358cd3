import { applySettings, checkSearchConfig, mergeConfig, parseSearchConfig } from '../../../engine/search/config.ts';
import { planSearch } from '../../../engine/search/plan.ts';
import { presets } from '../../../engine/search/presets.ts';
import { StoreError } from '../../../db/store.ts';
import type { Catalog, DraftConfig, DraftRequest, PlanningApi } from '../../ipc/planning.ts';
import type { LabContext } from '../context.ts';
import { deviceChoice } from '../device-choice.ts';
import { searchLatency } from '../latency/search-latency.ts';
import { asJson, checkStart, configOf } from '../search-setup.ts';
import { catalogView } from './catalog.ts';

/** What there is to search with, and what a search would take. */
export function createPlanningApi({ api, jobs, runTask, layout }: LabContext): PlanningApi {
  let catalog: Catalog | undefined;
  return {
    catalog: async () => (catalog ??= catalogView()),
    draftConfig: async (request) => draftConfig(request),
    dryRun: async (request) => {
      const config = configOf(request);
      const dataset = await api().dataset(request.dataset);
      checkStart(config, request, dataset);
      const latency = searchLatency(layout.root, config);
      const input = {
        config: asJson(config),
        rankingSplitSize: dataset.splits[config.data.rankingSplit] ?? 0,
        ...(latency !== undefined && { latency }),
      };
      const title = { kind: 'dry-run', title: `Dry run of ${request.name ?? config.preset} on ${dataset.name}` };
      return jobs.run(title, (control) => runTask('dry-run', input, control, deviceChoice(request)));
    },
  };
}

function draftConfig({ preset, config, set = [] }: DraftRequest): DraftConfig {
  if (preset !== undefined && !Object.hasOwn(presets, preset)) {
    throw new StoreError('unknown-preset', `There is no preset '${preset}'; there are ${Object.keys(presets).join(', ')}.`);
  }
  const given = { ...(typeof config === 'object' && config !== null ? config : {}), ...(preset === undefined ? {} : { preset }) };
  const changed = applySettings(
    given,
    set.map(([path, value]) => `${path}=${JSON.stringify(value)}`),
  );
  const problems = checkSearchConfig(changed);
  if (problems.length > 0) {
    const base = parseSearchConfig({ preset: preset ?? (given as { preset?: string }).preset ?? 'demo' });
    return { config: asJson(mergeConfig(base, changed)), problems };
  }
  const complete = parseSearchConfig(changed);
  const { phases, totalSteps, totalTrials } = planSearch(complete);
  return {
    config: asJson(complete),
    problems,
    plan: { phases: phases.map(({ name, steps }) => ({ name, steps })), steps: totalSteps, trials: totalTrials },
  };
}
