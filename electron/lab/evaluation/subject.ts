import { findPublished, parseArchitecture } from '../../../engine/catalog.ts';
import { EngineError } from '../../../engine/error.ts';
import { systemRules, type SystemRules } from '../../../engine/search/system-rules.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import { unknownTrial } from '../../../db/errors.ts';
import type { EvaluationMetric, NetworkSubject, WeightsRef } from '../../ipc/evaluations.ts';
import type { TrialView } from '../../ipc/contract.ts';
import { poseSettingsOf } from '../../compute/tasks/pose-settings.ts';
import type { PoseSettings } from '../../compute/tasks/pose-settings.ts';
import type { LabContext } from '../context.ts';
import { findExperiment } from '../search-setup.ts';
import { trialView } from '../views.ts';

/** A network that can be judged. */
export interface ResolvedSubject {
  /** With full ids. */
  readonly subject: NetworkSubject;
  readonly label: string;
  readonly arch: Architecture;
  /** Absolute path of a safetensors file, or 'fill'. */
  readonly weights: string;
  /** [height, width] that a trial was evaluated at. */
  readonly fit?: readonly [number, number];
  /** How the search of a trial shows persons to its networks. */
  readonly pose?: Omit<PoseSettings, 'inputSize'>;
  /** What a score of it is called: as the trial's own, 'untrained' with filled weights. */
  readonly kind: EvaluationMetric['kind'];
}

function kindOf(weights: WeightsRef | undefined, trained: EvaluationMetric['kind']): EvaluationMetric['kind'] {
  return weights?.kind === 'fill' ? 'untrained' : trained;
}

/** Throws 'unknown-experiment', 'unknown-trial', 'no-weights', 'unknown-architecture' and what a space says of an architecture. */
export function resolveSubject(context: LabContext, given: NetworkSubject): ResolvedSubject {
  switch (given.kind) {
    case 'trial': {
      const trial = trialOf(context, given.experiment, given.number);
      const subject = { ...given, experiment: trial.experiment };
      const [height, width] = trial.cost?.input ?? [];
      const record = context.reading().experiment(trial.experiment);
      const pose = poseSettingsOf(record?.config);
      return {
        subject,
        label: `t${trial.number} · ${record?.name ?? trial.experiment}`,
        arch: trial.arch,
        weights: given.weights === undefined ? weightsOfTrial(trial) : weightsFile(context, given.weights),
        ...(height === undefined || width === undefined ? {} : { fit: [height, width] as const }),
        ...(pose === undefined ? {} : { pose }),
        kind: kindOf(given.weights, trial.metrics[0]?.kind ?? 'proxy'),
      };
    }
    case 'published':
      return {
        subject: given,
        label: given.name,
        arch: findPublished(given.name),
        weights: weightsFile(context, given.weights),
        kind: kindOf(given.weights, 'retrained'),
      };
    case 'architecture': {
      const arch = parseArchitecture(given.arch);
      return {
        subject: { ...given, arch },
        label: given.label,
        arch,
        weights: weightsFile(context, given.weights),
        kind: kindOf(given.weights, 'retrained'),
      };
    }
  }
}

/** What the network was built for; undefined where its space says nothing of it. */
export function taskOfArchitecture({ space, settings }: Architecture): { readonly task?: string; readonly classes?: number } {
  const rules = (systemRules as Readonly<Record<string, SystemRules | undefined>>)[space];
  const task = rules?.task(settings);
  return rules === undefined || task === undefined ? {} : { task, classes: rules.classes(settings) };
}

function weightsFile(context: LabContext, ref: WeightsRef): string {
  if (ref.kind === 'fill') return 'fill';
  return ref.kind === 'file' ? ref.path : weightsOfTrial(trialOf(context, ref.experiment, ref.number));
}

function trialOf({ reading, layout }: LabContext, experiment: string, number: number): TrialView {
  const store = reading();
  const { id } = findExperiment(store, experiment);
  const record = store.trial(id, number);
  if (record === undefined) throw unknownTrial(id, number);
  return trialView(layout, record);
}

function weightsOfTrial({ experiment, number, checkpoint }: TrialView): string {
  if (checkpoint !== undefined) return checkpoint;
  throw new EngineError('no-weights', `${experiment} t${number} has no weight file.`);
}
