import { readCheckpointFile } from '../../db/checkpoints/checkpoint-files.ts';
import type { WrittenFile } from '../../db/checkpoints/checkpoint-files.ts';
import { StoreError } from '../../db/store.ts';
import type { CheckpointRecord, ExperimentStore, TrialRecord } from '../../db/store.ts';
import type { TrialResult } from '../../engine/search/events.ts';
import type { ResumePoint, SearchProgress } from '../../engine/search/parts.ts';

export interface Resume {
  readonly progress: SearchProgress;
  readonly files: readonly WrittenFile[];
  /** Steps done at the resume point; 0 starts over (finished trials are kept). */
  readonly step: number;
  /** Checkpoints whose files are missing or damaged, with the reason. */
  readonly unusable: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Where a search goes on: at its newest checkpoint whose file is as it was written. A kept one that is damaged is needed by every later phase,
 * so the search then goes back before it; what is redone comes out the same.
 */
export function resumePoint(store: ExperimentStore, id: string, folder: string): Resume {
  const usable: CheckpointRecord[] = [];
  const unusable: { readonly name: string; readonly reason: string }[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (const record of store.checkpoints(id)) {
    const reason = damageOf(folder, record);
    if (reason === undefined) {
      usable.push(record);
    } else {
      unusable.push({ name: record.name, reason });
      if (record.keep) limit = Math.min(limit, record.step);
    }
  }
  const before = usable.filter(({ step }) => step < limit);
  const newest = before[0];
  const kept = before.filter(({ keep }) => keep);
  const finishedTrials = store.trials(id).flatMap((trial) => (trial.state === 'complete' ? [resultOf(trial)] : []));
  return {
    progress: {
      finishedTrials,
      ...(newest === undefined ? {} : { state: pointOf(newest) }),
      kept: Object.fromEntries(kept.map((record) => [record.name, pointOf(record)])),
    },
    files: [...kept, ...(newest === undefined ? [] : [newest])].map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })),
    step: newest?.step ?? 0,
    unusable,
  };
}

function damageOf(folder: string, { file, bytes, sha256 }: CheckpointRecord): string | undefined {
  try {
    readCheckpointFile(folder, { file, bytes, sha256 });
    return undefined;
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'file-missing' || error.code === 'checkpoint-damaged')) return error.message;
    throw error;
  }
}

function pointOf({ phaseIndex, step, state, file }: CheckpointRecord): ResumePoint {
  return { phaseIndex, step, state: state as ResumePoint['state'], file };
}

/** A complete trial as the engine yielded it. */
function resultOf(trial: TrialRecord): TrialResult {
  const { number, arch, hash, cost, metrics, steps, seed, parents, operator, series, role, details } = trial;
  return JSON.parse(JSON.stringify({ number, arch, hash, cost, metrics, steps, seed, parents, operator, series, role, details })) as TrialResult;
}
