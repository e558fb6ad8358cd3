import type { ExperimentView, LabApi } from '../../ipc/contract.ts';
import { bestUnder } from './best-trial.ts';
import type { Limits } from './best-trial.ts';
import { frontDocument, frontOf, frontText } from './front-view.ts';
import type { ScoredTrial } from './front-view.ts';
import type { FrontTable } from '../../../engine/export/front-table.ts';

export interface SearchReport {
  /** What `lab search --json` and `lab demo --json` print. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly front: FrontTable<ScoredTrial>;
  readonly best: ScoredTrial | undefined;
}

/** Front and best network (under `limits`) of an experiment, as document and as text. */
export async function searchDocument(lab: LabApi, experiment: ExperimentView, limits: Limits = {}): Promise<SearchReport> {
  const front = frontOf(await lab.frontInputs([experiment.id]), 'macs');
  const best = bestUnder(
    front.rows.map((row) => row.trial),
    limits,
  );
  const view = frontDocument(front);
  return {
    document: {
      id: experiment.id,
      state: experiment.state,
      front: view.front,
      dominated: view.dominated,
      references: view.references,
      best: best ?? null,
      seconds: experiment.seconds,
    },
    text: frontText(front),
    front,
    best,
  };
}
