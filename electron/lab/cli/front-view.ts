import { frontTable } from '../../../engine/export/front-table.ts';
import type { FrontAxis, FrontTrial } from '../../../engine/export/front-row.ts';
import type { FrontOptions, FrontTable } from '../../../engine/export/front-table.ts';
import { percent, quantity } from '../../../engine/export/quantity.ts';
import type { FrontInput, FrontInputTrial, TrialView } from '../../ipc/contract.ts';
import { table } from './table.ts';

/** A complete trial: everything that the front needs is there. */
export type ScoredTrial = FrontInputTrial & FrontTrial;

export function isScored(trial: TrialView): trial is ScoredTrial {
  return trial.cost !== undefined && trial.role !== undefined && trial.steps !== undefined && trial.seed !== undefined;
}

/**
 * The front over one or several experiments. The hypervolume needs one common reference point:
 * it is left out when the experiments were started with different ones, and always for another axis than MACs.
 */
export function frontOf(inputs: readonly FrontInput[], axis: FrontAxis, options: FrontOptions = {}): FrontTable<ScoredTrial> {
  return frontTable(
    inputs.map(({ experiment, dataset, reference, trials }) => ({
      id: experiment.id,
      name: experiment.name,
      data: `${dataset.name} (${dataset.fingerprint.slice(0, 8)})`,
      trials: trials.filter(isScored),
      ...(reference === undefined ? {} : { reference: { x: reference.macs, y: reference.metric } }),
    })),
    { ...options, axis },
  );
}

/** The front as a table of text: front points, then the ends that are dominated, then references. */
export function frontText(front: FrontTable<ScoredTrial>): string {
  const drawn = front.rows.filter((row) => row.trial.role !== 'trajectory' && row.isFeasible && row.trial.exclusion === undefined);
  const shown = [...drawn.filter((row) => row.trial.role === 'front'), ...drawn.filter((row) => row.trial.role === 'reference')];
  const isOne = new Set(shown.map((row) => row.experiment)).size < 2;
  const hasLatency = shown.some((row) => row.trial.latencyMs !== undefined);
  const rows = shown.map((row) => [
    isOne ? `t${row.trial.number}` : `${row.experiment} t${row.trial.number}`,
    row.trial.series ?? '—',
    quantity(row.trial.cost.macs, ''),
    quantity(row.trial.cost.params, ''),
    ...(hasLatency ? [row.trial.latencyMs === undefined ? '—' : `${row.trial.latencyMs.toFixed(2)} ms`] : []),
    row.spread === undefined ? percent(row.y) : `${percent(row.y)} ± ${(100 * row.spread.sd).toFixed(1)} (${row.spread.seeds} seeds)`,
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
            ...(hasLatency ? [{ title: 'p50', align: 'right' as const }] : []),
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

const gainUnits = { macs: ['G MACs', 1e9], params: ['G parameters', 1e9], activationBytes: ['GB', 1e9], latency: ['ms', 1] } as const;

function summary(front: FrontTable<ScoredTrial>): string[] {
  const [unit, step] = gainUnits[front.axis];
  const gain = (value: number | undefined): string => (value === undefined ? '—' : `${(100 * value * step).toFixed(1)} points per ${unit}`);
  const excluded = front.points.filter(({ trial }) => trial.exclusion !== undefined).length;
  const infeasible = front.points.filter(({ isFeasible }) => !isFeasible).length;
  const quoted = front.published.filter(({ value }) => value !== null);
  return [
    ...(front.knee === undefined
      ? []
      : [`knee t${front.knee.row.trial.number}: gain ${gain(front.knee.gainLeft)} before it, ${gain(front.knee.gainRight)} after it`]),
    ...(front.hypervolume === undefined || front.reference === undefined || !front.rows.some((row) => row.isOnFront)
      ? []
      : [`hypervolume ${front.hypervolume.toFixed(4)} against ${quantity(front.reference.x, 'MACs')} and ${percent(front.reference.y)}`]),
    ...(front.skipped - front.withoutCost === 0 ? [] : [`${front.skipped - front.withoutCost} trials without a score`]),
    ...(front.withoutCost === 0 ? [] : [`${front.withoutCost} trials were not measured`]),
    ...(infeasible === 0 ? [] : [`${infeasible} trials exceed the limits`]),
    ...(excluded === 0 ? [] : [`${excluded} trials are excluded from analyses`]),
    ...quoted.map(
      ({ name, macs, value, on, source }) => `published ${name}: ${percent(value)} (${on}), ${quantity(macs, 'MACs')}; ${source}`,
    ),
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
