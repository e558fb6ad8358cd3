import { frontTable } from '../../../engine/export/front-table.ts';
import type { FrontAxis, FrontTrial } from '../../../engine/export/front-row.ts';
import type { FrontTable } from '../../../engine/export/front-table.ts';
import { percent, quantity } from '../../../engine/export/quantity.ts';
import type { FrontInput, TrialView } from '../../ipc/contract.ts';
import { table } from './table.ts';

/** A complete trial: everything that the front needs is there. */
export type ScoredTrial = TrialView & FrontTrial;

export function isScored(trial: TrialView): trial is ScoredTrial {
  return trial.cost !== undefined && trial.role !== undefined && trial.steps !== undefined && trial.seed !== undefined;
}

/**
 * The front over one or several experiments. The hypervolume needs one common reference point:
 * it is left out when the experiments were started with different ones, and always for another axis than MACs.
 */
export function frontOf(inputs: readonly FrontInput[], axis: FrontAxis): FrontTable<ScoredTrial> {
  const experiments = inputs.map((input) => ({ id: input.experiment.id, trials: input.trials.filter(isScored) }));
  const references = new Set(inputs.map((input) => JSON.stringify(input.reference ?? null)));
  const reference = references.size === 1 ? inputs[0]?.reference : undefined;
  const result = frontTable(experiments, {
    axis,
    ...(reference === undefined || axis !== 'macs' ? {} : { reference: { x: reference.macs, y: reference.metric } }),
  });
  const fingerprints = new Set(inputs.map((input) => input.dataset.fingerprint));
  const warnings = [
    ...result.warnings,
    ...(fingerprints.size < 2 ? [] : ['not comparable: the experiments used different data']),
    ...(references.size < 2 ? [] : ['no hypervolume: the experiments have different reference points']),
  ];
  return { ...result, warnings };
}

/** The front as a table of text: front points, then the ends that are dominated, then references. */
export function frontText(front: FrontTable<ScoredTrial>): string {
  const drawn = front.rows.filter((row) => row.trial.role !== 'trajectory');
  const shown = [...drawn.filter((row) => row.trial.role === 'front'), ...drawn.filter((row) => row.trial.role === 'reference')];
  const isOne = new Set(shown.map((row) => row.experiment)).size < 2;
  const rows = shown.map((row) => [
    isOne ? `t${row.trial.number}` : `${row.experiment} t${row.trial.number}`,
    row.trial.series ?? '—',
    quantity(row.trial.cost.macs, ''),
    quantity(row.trial.cost.params, ''),
    percent(row.y),
    row.isOnFront
      ? `front${row.isKnee ? ', knee' : ''}${row.count > 1 ? `, ${row.count} equal` : ''}`
      : row.trial.role === 'reference'
        ? 'reference'
        : 'dominated',
  ]);
  const metric = `${front.metric} (${[shown[0]?.split, shown[0]?.kind].filter((word) => word !== undefined && word !== '').join(', ')})`;
  const lines = [
    rows.length === 0
      ? emptyText(front)
      : table(
          [
            { title: 'trial' },
            { title: 'series' },
            { title: 'MACs', align: 'right' },
            { title: 'params', align: 'right' },
            { title: metric, align: 'right' },
            { title: '' },
          ],
          rows,
        ),
    ...summary(front),
  ];
  return lines.join('\n');
}

/** Before the first run of a search has ended there may be trials on its way: they say how far it has come. */
function emptyText({ rows }: FrontTable<ScoredTrial>): string {
  const last = rows.reduce<(typeof rows)[number] | undefined>(
    (latest, row) => (latest === undefined || row.trial.number > latest.trial.number ? row : latest),
    undefined,
  );
  if (last === undefined) return 'No finished trials yet.';
  const { trial, experiment, y } = last;
  const count = rows.length === 1 ? 'one trial' : `${rows.length} trials`;
  return `No run has come to its end yet; ${count} on the way, the last t${trial.number}: ${percent(y)}, ${quantity(trial.cost.macs, 'MACs')}. All of them: lab trials ${experiment}`;
}

function summary(front: FrontTable<ScoredTrial>): string[] {
  const unit = front.axis === 'macs' ? 'G MACs' : 'G parameters';
  const gain = (value: number | undefined): string => (value === undefined ? '—' : `${(100 * value * 1e9).toFixed(1)} points per ${unit}`);
  return [
    ...(front.knee === undefined
      ? []
      : [`knee t${front.knee.row.trial.number}: gain ${gain(front.knee.gainLeft)} before it, ${gain(front.knee.gainRight)} after it`]),
    ...(front.hypervolume === undefined || front.reference === undefined || !front.rows.some((row) => row.isOnFront)
      ? []
      : [`hypervolume ${front.hypervolume.toFixed(4)} against ${quantity(front.reference.x, 'MACs')} and ${percent(front.reference.y)}`]),
    ...(front.skipped === 0 ? [] : [`${front.skipped} trials without a score`]),
    ...front.warnings,
  ];
}

/** The document of `lab front --json`. */
export function frontDocument(front: FrontTable<ScoredTrial>): Readonly<Record<string, unknown>> {
  const trialsWhere = (isWanted: (row: (typeof front.rows)[number]) => boolean): readonly unknown[] =>
    front.rows.filter(isWanted).map((row) => ({ ...row.trial, ...(row.count > 1 ? { equalTrials: row.count } : {}) }));
  return {
    axis: front.axis,
    front: trialsWhere((row) => row.isOnFront),
    dominated: trialsWhere((row) => !row.isOnFront && row.trial.role === 'front'),
    references: trialsWhere((row) => row.trial.role === 'reference'),
    knee:
      front.knee === undefined
        ? null
        : {
            experiment: front.knee.row.experiment,
            number: front.knee.row.trial.number,
            gainLeft: front.knee.gainLeft ?? null,
            gainRight: front.knee.gainRight ?? null,
          },
    hypervolume: front.hypervolume ?? null,
    reference: front.reference === undefined ? null : { macs: front.reference.x, metric: front.reference.y },
    skipped: front.skipped,
    warnings: front.warnings,
  };
}
