import { predictLatency, type LatencyModel } from '../../cost/latency-model.ts';
import { EngineError } from '../../error.ts';
import { rngFor } from '../../rng.ts';
import type { Architecture } from '../../spaces/search-space.ts';
import type { FinishedTrial, LatencyLimit, Proposal, StrategyContext } from '../../strategies/strategy.ts';
import type { SearchConfig, TrialConfig } from '../config.ts';
import type { SearchEvent } from '../events.ts';
import { costOf, hashOf, latencyGraph, spaceOf, trialSettings } from '../network.ts';
import { strategyOf } from '../strategy-of.ts';
import type { PhaseContext } from './context.ts';

/** A network to try, and what is to be said about the way to it. */
export interface Proposed {
  readonly proposal: Proposal;
  readonly logs: readonly Extract<SearchEvent, { type: 'log' }>[];
}

/** A pure function of the config, the latency model and the trials before. Throws EngineError 'infeasible' when the limits leave nothing new. */
export function propose(context: PhaseContext, number: number, strategy: TrialConfig): Proposed {
  const { config } = context.plan;
  const refused = new RefusedLayers();
  const latency = latencyLimit(config, strategy, context.parts.latency, refused);
  const proposal = strategyOf(strategy).propose({
    space: spaceOf(config),
    settings: trialSettings(config),
    trialNumber: number,
    finished: historyOf(context, number),
    ...costsOf(config),
    macsLimits: [strategy.minMacs, strategy.maxMacs],
    ...(latency === undefined ? {} : { latency }),
    rng: rngFor(config.seed, 'propose', number),
  });
  if (proposal === undefined) throw infeasible(number, strategy, refused);
  return { proposal, logs: refused.logs(number) };
}

/** Finished and failed trials before `number`, in order. */
function historyOf({ finished, failed }: PhaseContext, number: number): readonly FinishedTrial[] {
  const scored = [...finished.values()].map(
    ({ arch, hash, metrics, ...trial }): FinishedTrial => ({ number: trial.number, arch, hash, value: metrics[0]?.value ?? NaN }),
  );
  const unscored = [...failed.values()].map((trial): FinishedTrial => ({ ...trial, value: NaN }));
  return [...scored, ...unscored].filter((trial) => trial.number < number).sort((a, b) => a.number - b.number);
}

function costsOf(config: SearchConfig): Pick<StrategyContext, 'macs' | 'hash'> {
  return { hash: (arch) => hashOf(config, arch), macs: remembered((arch) => costOf(config, arch).macs) };
}

/** A network is asked about several times on its way to a proposal, and its graph takes milliseconds. */
function remembered<T>(answerTo: (arch: Architecture) => T): (arch: Architecture) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (arch) => {
    const key = JSON.stringify(arch.choices);
    const found = known.get(key) ?? { answer: answerTo(arch) };
    known.set(key, found);
    return found.answer;
  };
}

function latencyLimit(
  config: SearchConfig,
  { latencyProfile, maxLatencyMs }: TrialConfig,
  model: LatencyModel | undefined,
  refused: RefusedLayers,
): LatencyLimit | undefined {
  if (latencyProfile === '') return undefined;
  if (model === undefined) {
    throw new EngineError('no-latency-model', `strategy.latencyProfile: the experiment has no table of the profile '${latencyProfile}'.`, {
      tip: 'Fork the experiment: a search takes the table when it begins.',
    });
  }
  return { maxMs: maxLatencyMs, predictMs: remembered((arch) => predictedMs(config, model, arch, refused)) };
}

function predictedMs(config: SearchConfig, model: LatencyModel, arch: Architecture, refused: RefusedLayers): number | undefined {
  const predicted = predictLatency(latencyGraph(config, arch), model);
  if ('ms' in predicted) return predicted.ms;
  refused.add(predicted.missing.map(({ op }) => op));
  return undefined;
}

/** Networks that were passed over since the profile lacks some of their layers. */
class RefusedLayers {
  #networks = 0;
  readonly #ops = new Map<string, number>();

  add(ops: readonly string[]): void {
    this.#networks++;
    for (const op of new Set(ops)) this.#ops.set(op, (this.#ops.get(op) ?? 0) + 1);
  }

  get text(): string | undefined {
    if (this.#networks === 0) return undefined;
    const ops = [...this.#ops.keys()].sort().join(', ');
    return `the device profile lacks layers (${ops}) of ${this.#networks} networks that were thought of`;
  }

  logs(number: number): Proposed['logs'] {
    const { text } = this;
    if (text === undefined) return [];
    const values = { networks: this.#networks, ops: Object.fromEntries(this.#ops) };
    return [{ type: 'log', level: 'warn', message: `Proposing trial ${number}: ${text}; they were passed over.`, values }];
  }
}

function infeasible(number: number, { minMacs, maxMacs, latencyProfile, maxLatencyMs }: TrialConfig, refused: RefusedLayers): EngineError {
  const hasLatency = latencyProfile !== '';
  const limits = `${minMacs} to ${maxMacs} MACs${hasLatency ? ` and a predicted latency of at most ${maxLatencyMs} ms` : ''}`;
  const lacking = refused.text === undefined ? '' : `; ${refused.text}`;
  return new EngineError('infeasible', `proposing trial ${number}: no new architecture has ${limits}${lacking}.`, {
    tip:
      lacking === ''
        ? `Widen strategy.minMacs and strategy.maxMacs${hasLatency ? ', or raise strategy.maxLatencyMs' : ''}.`
        : 'Extend the profile with more networks of this space at this input (lab profile-device --networks), or widen the limits.',
  });
}
