import { readCheckpointFile } from '../../db/checkpoints/checkpoint-files.ts';
import type { WrittenFile } from '../../db/checkpoints/checkpoint-files.ts';
import { StoreError } from '../../db/store.ts';
import type { CheckpointRecord, ExperimentStore, TrialRecord } from '../../db/store.ts';
import type { TrialResult } from '../../engine/search/events.ts';
import type { FailedTrial, ResumePoint, SearchProgress } from '../../engine/search/parts.ts';

export interface Resume {
  readonly progress: SearchProgress;
  readonly files: readonly WrittenFile[];
  /** Steps done at the resume point; 0 starts over (finished trials are kept). */
  readonly step: number;
  /** Steps that an earlier run came to and that would be done again. */
  readonly lostSteps: number;
  /** Checkpoints whose files are missing or damaged. */
  readonly unusable: readonly UnusableCheckpoint[];
}

export interface UnusableCheckpoint {
  readonly record: CheckpointRecord;
  readonly code: 'checkpoint-missing' | 'checkpoint-damaged';
  readonly reason: string;
}

/**
 * Where a search can go on: at its newest checkpoint whose file is as it was written. A kept one that is damaged is needed by every later phase,
 * so the search would then go back before it; what is redone comes out the same.
 */
export function resumePoint(store: ExperimentStore, id: string, folder: string): Resume {
  const usable: CheckpointRecord[] = [];
  const unusable: UnusableCheckpoint[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (const record of store.checkpoints(id)) {
    const damage = damageOf(folder, record);
    if (damage === undefined) {
      usable.push(record);
    } else {
      unusable.push({ record, ...damage });
      if (record.keep) limit = Math.min(limit, record.step);
    }
  }
  const before = usable.filter(({ step }) => step < limit);
  const newest = before[0];
  const kept = before.filter(({ keep }) => keep);
  const trials = store.trials(id);
  const finishedTrials = trials.flatMap((trial) => (trial.state === 'complete' ? [resultOf(trial)] : []));
  const failedTrials = trials.flatMap((trial) => (trial.state === 'failed' ? [failureOf(trial)] : []));
  return {
    progress: {
      finishedTrials,
      failedTrials,
      ...(newest === undefined ? {} : { state: pointOf(newest) }),
      kept: Object.fromEntries(kept.map((record) => [record.name, pointOf(record)])),
    },
    files: [...kept, ...(newest === undefined ? [] : [newest])].map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })),
    step: newest?.step ?? 0,
    lostSteps: (store.latestCheckpoint(id)?.step ?? 0) - (newest?.step ?? 0),
    unusable,
  };
}

/** Progress is given up only when that is asked for. */
export function checkNothingLost(id: string, { step, lostSteps, unusable: [first] }: Resume): void {
  if (first === undefined || lostSteps === 0) return;
  const from = step === 0 ? 'the beginning' : `step ${step}`;
  throw new StoreError(
    first.code,
    `Resuming ${id}: its newest state, of step ${step + lostSteps}, cannot be used; before it there is only ${from}. ${first.reason}`,
    {
      tip: `Put the file back from a copy; or give up ${lostSteps} steps and go on from ${from}: lab resume ${id} --from-earlier`,
    },
  );
}

function damageOf(folder: string, { file, bytes, sha256 }: CheckpointRecord): Omit<UnusableCheckpoint, 'record'> | undefined {
  try {
    readCheckpointFile(folder, { file, bytes, sha256 });
    return undefined;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'file-missing') return { code: 'checkpoint-missing', reason: error.message };
    if (error instanceof StoreError && error.code === 'checkpoint-damaged') return { code: 'checkpoint-damaged', reason: error.message };
    throw error;
  }
}

function pointOf({ phaseIndex, step, state, file }: CheckpointRecord): ResumePoint {
  return { phaseIndex, step, state: state as ResumePoint['state'], file };
}

function failureOf({ number, arch, hash }: TrialRecord): FailedTrial {
  return { number, arch: arch as unknown as FailedTrial['arch'], hash };
}

/** A complete trial as the engine yielded it. */
function resultOf(trial: TrialRecord): TrialResult {
  const { number, arch, hash, cost, metrics, steps, seed, parents, operator, series, role, details } = trial;
  return JSON.parse(
    JSON.stringify({ number, arch, hash, cost, metrics, steps, seed, parents, operator, series, role, details }),
  ) as TrialResult;
}
