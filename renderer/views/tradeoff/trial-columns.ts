import type { FrontView, TrialColumn } from '../../../electron/ipc/tradeoff.ts';
import type { TableColumn } from '../../components/table-column.ts';
import type { Slot } from './trial-window.ts';

export interface TrialTableColumn extends TableColumn<Slot> {
  readonly key: TrialColumn | 'hash' | 'notes' | 'experiment' | 'marks';
  /** Shown unless it was taken out. */
  readonly isUsual: boolean;
}

/** Columns of the table of trials; the heading of the score says what it is made of. */
export function trialColumns(
  { metric, experiments, hasLatency, series }: FrontView,
  aggregate: 'best' | 'last' | 'mean',
): readonly TrialTableColumn[] {
  const hasSeries = series.length > 0;
  const what = [metric.split, metric.kind].filter((word) => word !== '').join(', ');
  const scores = { best: 'best', last: 'last', mean: 'mean' }[aggregate];
  const isAlone = experiments.length < 2;
  const column = (key: TrialTableColumn['key'], title: string, width: string, more: Partial<TrialTableColumn> = {}): TrialTableColumn => ({
    key,
    title,
    width,
    isUsual: true,
    ...more,
  });
  const number = { align: 'right', isSortable: true } as const;
  return [
    column('number', 'Trial', '96px', { isSortable: true }),
    column('marks', '', '62px'),
    ...(isAlone ? [] : [column('experiment', 'Experiment', 'minmax(110px, 1fr)')]),
    column('metric', `${metric.name} (${scores})`, '146px', {
      ...number,
      hint: `${metric.name} on ${what}: the ${scores} of a trial's values; ± is the standard deviation over seeds`,
    }),
    column('macs', 'MACs', '80px', { ...number, hint: 'Multiply-accumulates of one input' }),
    column('params', 'Params', '74px', number),
    column('activationBytes', 'Activations', '92px', { ...number, isUsual: false, hint: 'Bytes of all outputs as float32, for one input' }),
    column('latencyMs', 'p50', '136px', { ...number, isUsual: hasLatency, hint: 'Measured latency, batch 1' }),
    column('series', 'Series', 'minmax(84px, 1fr)', { isSortable: true, isUsual: hasSeries }),
    column('operator', 'Operator', '90px', { isSortable: true, isUsual: false }),
    column('steps', 'Steps', '72px', { ...number, isUsual: false }),
    column('seed', 'Seed', '72px', { ...number, isUsual: false }),
    column('hash', 'Architecture', '96px', { isUsual: false, hint: 'Beginning of the content hash: equal networks have equal ones' }),
    column('notes', 'Notes', 'minmax(60px, 1fr)', { hint: 'Tags, note, and why it is excluded' }),
  ];
}
