import { parseArchitecture } from '../../catalog.ts';
import type { FixedConfig, TrialConfig } from '../config.ts';
import type { SearchEvent } from '../events.ts';
import type { FixedPhase } from '../plan.ts';
import type { NetworkOrigin } from '../state.ts';
import type { PhaseContext } from './context.ts';
import { propose } from './propose.ts';
import { runNetwork } from './run-network.ts';
import { loadStart, newStart, startFrom, type TrainingStart } from './training-run.ts';

/** Trains one network that the strategy proposes, or the one that the config names, and evaluates it. */
export async function* runFixed(
  context: PhaseContext,
  phase: FixedPhase,
  strategy: TrialConfig | FixedConfig,
): AsyncGenerator<SearchEvent> {
  const { resume } = context;
  const number = phase.trial;
  // an earlier run got as far as its failure
  if (context.failed.has(number)) return;
  if (resume !== undefined) {
    const start = await loadStart(context, resume, phase.name);
    // states of older versions do not say it
    const origin: NetworkOrigin = start.origin ?? { operator: strategy.id === 'fixed' ? 'train' : 'sample' };
    yield* runNetwork(context, phase, { ...start, origin }, {});
  } else if (strategy.id === 'fixed') {
    yield* runNetwork(context, phase, { ...(await given(context, number, strategy)), origin: { operator: 'train' } }, {});
  } else {
    const { proposal, logs } = propose(context, number, strategy);
    yield* logs;
    const { arch, operator = strategy.id, parents } = proposal;
    const origin: NetworkOrigin = { operator, ...(parents !== undefined && { parents }) };
    yield* runNetwork(context, phase, { ...(await newStart(context, arch, number)), origin }, {});
  }
}

/** The network that the config names, with its weights or new ones from the seed. */
async function given(context: PhaseContext, number: number, { arch: json, weights }: FixedConfig): Promise<TrainingStart> {
  const arch = parseArchitecture(json);
  return weights === '' ? newStart(context, arch, number) : startFrom(context, arch, await context.parts.initialWeights());
}
