import { downSample } from '../../../db/down-sample.ts';
import type { ScalarPoint, TrialRecord } from '../../../db/store.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { rankingSize } from '../../../engine/search/network.ts';
import { planSearch } from '../../../engine/search/plan.ts';
import type { ContinuationPhase } from '../../../engine/search/plan.ts';
import { findSpace } from '../../../engine/catalog.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import { blockSites, kernelChoice, tokenChoice } from '../../../engine/spaces/hr-nas/blocks.ts';
import { withDefaults } from '../../../engine/spaces/hr-nas/settings.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import type { FactorBins, ShrinkDynamics, ShrinkPoint, ShrinkRow, ShrinkSeries } from '../../ipc/dynamics.ts';
import type { FamilyInput } from './registry.ts';

const lambdaPoints = 240;

/** Points of the shrinking runs from the stored trials (alive channels are choices of their architectures), the penalty's ramp from the scalars. */
export function shrinkDynamics({ store, id, config }: FamilyInput): ShrinkDynamics {
  const { strategy } = config;
  if (strategy.id !== 'shrink') throw new Error(`the shrinking view was asked about a search by ${strategy.id}`);
  const rows = rowsOf(config);
  const supernet = supernetOf(config, rows);
  const trials = store.trials(id).filter((trial) => trial.state === 'complete');
  const lambda = store.scalars(id, 'lambda');
  const series = planSearch(config)
    .phases.filter((phase) => phase.kind === 'continuation')
    .map((phase) => seriesOf(phase, strategy.warmupSteps, rows, supernet.macs, trials, lambda));
  return { threshold: strategy.threshold, rows: rows.map(({ block, part, most }) => ({ block, part, most })), supernet, series };
}

interface Row extends ShrinkRow {
  readonly choice: string;
}

function rowsOf(config: SearchConfig): Row[] {
  const settings = withDefaults(config.space as Architecture['settings']);
  return blockSites(settings).flatMap((site) => {
    const kernels = settings.kernelSizes.map((kernel, i): Row => ({
      block: site.name,
      part: `k${kernel}`,
      most: site.maxHidden[i] ?? 0,
      choice: kernelChoice(site.name, kernel),
    }));
    if (site.maxTokens === 0) return kernels;
    return [...kernels, { block: site.name, part: 'tokens', most: site.maxTokens, choice: tokenChoice(site.name) }];
  });
}

function supernetOf(config: SearchConfig, rows: readonly Row[]): ShrinkDynamics['supernet'] {
  const { system, space } = config;
  const found = findSpace(system);
  const sum = (isToken: boolean): number =>
    rows.reduce((total, { part, most }) => ((part === 'tokens') === isToken ? total + most : total), 0);
  const { macs } = estimate(found.graph(found.largest(space as Architecture['settings']), [...rankingSize(config), 3]));
  return { macs, atoms: sum(false), tokens: sum(true) };
}

function seriesOf(
  phase: ContinuationPhase,
  warmupSteps: number,
  rows: readonly Row[],
  supernetMacs: number,
  trials: readonly TrialRecord[],
  lambda: readonly ScalarPoint[],
): ShrinkSeries {
  const own = trials.filter(({ number }) => number >= phase.firstTrial && number < phase.firstTrial + phase.points.length);
  const ramp = downSample(
    lambda.filter(({ step }) => step > phase.firstStep && step <= phase.firstStep + phase.steps),
    lambdaPoints,
  );
  const begins: ShrinkPoint = { step: warmupSteps, macs: supernetMacs };
  return {
    name: phase.name,
    penalty: phase.penalty,
    isReference: phase.role === 'reference',
    points: own.length === 0 && ramp.length === 0 ? [] : [begins, ...own.map(pointOf)],
    alive: rows.map(({ most, choice }) => [most, ...own.map(({ arch }) => (arch as unknown as Architecture).choices[choice] ?? 0)]),
    lambda: { step: ramp.map(({ step }) => warmupSteps + step - phase.firstStep), value: ramp.map(({ value }) => value) },
  };
}

/** What engine/search/phases/continuation.ts wrote; the histogram since it keeps one. */
interface ShrinkDetails {
  readonly deadAtoms?: number;
  readonly removedAtoms?: number;
  readonly factors?: FactorBins;
}

function pointOf({ number, steps, cost, metrics, details }: TrialRecord): ShrinkPoint {
  const { deadAtoms, removedAtoms, factors } = (details ?? {}) as ShrinkDetails;
  const value = (metrics[0] as { readonly value: number | null } | undefined)?.value;
  return {
    step: steps ?? 0,
    trial: number,
    macs: (cost as { readonly macs: number } | undefined)?.macs ?? 0,
    ...(typeof value === 'number' ? { value } : {}),
    ...(deadAtoms === undefined ? {} : { deadAtoms }),
    ...(removedAtoms === undefined ? {} : { removedAtoms }),
    ...(factors === undefined ? {} : { factors }),
  };
}
