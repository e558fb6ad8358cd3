import type { ExperimentRecord, ExperimentStore, TrialAnnotation, TrialPoints } from '../../../db/store.ts';
import type { FrontExperiment } from '../../../engine/export/front-table.ts';
import type { FrontTrial } from '../../../engine/export/front-row.ts';
import type { Cost, Metric } from '../../../engine/search/events.ts';
import type { ReferenceView } from '../../ipc/tradeoff.ts';
import { findExperiment } from '../search-setup.ts';
import { environmentOf } from '../views.ts';
import { withNotes } from './trial-notes.ts';

/** A finished trial without its architecture, with what stands beside it. */
export interface SourceTrial extends FrontTrial {
  readonly operator?: string;
}

/** What tables and charts of one experiment are made of. */
export interface TrialSource extends FrontExperiment<SourceTrial> {
  readonly record: ExperimentRecord;
  readonly name: string;
  readonly data: string;
  readonly stored?: ReferenceView;
  readonly failed: readonly { readonly number: number; readonly hash: string }[];
  readonly annotations: ReadonlyMap<number, TrialAnnotation>;
  /** Changes with everything that is read here. */
  readonly version: string;
}

interface Known {
  readonly version: string;
  readonly trials: readonly SourceTrial[];
  readonly failed: readonly { readonly number: number; readonly hash: string }[];
}

const mostKnown = 16;

/**
 * Reads experiments for charts and tables. Finished trials never change, so what was read of an experiment is kept until it has more of
 * them; annotations and further results are read each time.
 */
export class TrialSources {
  readonly #known = new Map<string, Known>();

  read(store: ExperimentStore, given: string): TrialSource {
    const record = findExperiment(store, given);
    const base = this.#base(store, record);
    const annotations = store.trialAnnotations(record.id);
    const results = store.trialResults(record.id);
    const environment = environmentOf(record);
    const edit = store.referenceEdits(record.id)[0];
    const reference = edit ?? environment.reference;
    return {
      id: record.id,
      record,
      name: record.name,
      trials: withNotes(base.trials, annotations, results),
      failed: base.failed,
      data: `${environment.dataset.name} (${environment.dataset.fingerprint.slice(0, 8)})`,
      annotations: new Map(annotations.map((annotation) => [annotation.number, annotation])),
      ...(reference === undefined
        ? {}
        : {
            reference: { x: reference.macs, y: reference.metric },
            stored: { macs: reference.macs, metric: reference.metric, ...(edit === undefined ? {} : { note: edit.note }) },
          }),
      version: [
        base.version,
        record.name,
        record.state,
        annotations.map(({ updatedAt }) => updatedAt).reduce((a, b) => (a > b ? a : b), ''),
        annotations.length,
        results.length,
        edit?.createdAt ?? '',
      ].join(' '),
    };
  }

  #base(store: ExperimentStore, { id, createdAt }: ExperimentRecord): Known {
    const { complete, failed } = store.trialCounts(id);
    const version = `${createdAt} ${complete} ${failed}`;
    const known = this.#known.get(id);
    this.#known.delete(id);
    const read = known?.version === version ? known : { version, ...trialsOf(store.trialPoints(id)) };
    this.#known.set(id, read);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostKnown) break;
      this.#known.delete(oldest);
    }
    return read;
  }
}

function trialsOf(points: TrialPoints): Omit<Known, 'version'> {
  const trials: SourceTrial[] = [];
  const failed: { number: number; hash: string }[] = [];
  for (let i = 0; i < points.number.length; i++) {
    const number = points.number[i] as number;
    const hash = points.hash[i] as string;
    const cost = points.cost[i] as unknown as Cost | null;
    if (points.state[i] !== 'complete' || cost === null) {
      failed.push({ number, hash });
      continue;
    }
    const series = points.series[i] ?? null;
    const operator = points.operator[i] ?? null;
    trials.push({
      number,
      hash,
      role: (points.role[i] ?? 'front') as SourceTrial['role'],
      cost,
      metrics: points.metrics[i] as unknown as readonly Metric[],
      steps: points.steps[i] ?? 0,
      seed: points.seed[i] ?? 0,
      ...(series === null ? {} : { series }),
      ...(operator === null ? {} : { operator }),
    });
  }
  return { trials, failed };
}
