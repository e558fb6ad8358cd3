import type { ExperimentSummary } from '../../electron/ipc/overview.ts';

/**
 * The newest random search that another one can be compared with: of the same system, on the same content of the same split. Undefined for random
 * searches themselves and where there is none.
 */
export function baselineOf(summary: ExperimentSummary, all: readonly ExperimentSummary[]): ExperimentSummary | undefined {
  const { experiment, strategy, metric } = summary;
  if (strategy === 'random' || strategy === 'fixed') return undefined;
  const { fingerprint } = experiment.environment.dataset;
  return all
    .filter(
      (one) =>
        one.strategy === 'random' &&
        one.front.length > 0 &&
        one.experiment.system === experiment.system &&
        one.experiment.environment.dataset.fingerprint === fingerprint &&
        one.metric?.name === metric?.name &&
        one.metric?.split === metric?.split,
    )
    .toSorted((a, b) => (a.experiment.createdAt < b.experiment.createdAt ? 1 : -1))[0];
}
