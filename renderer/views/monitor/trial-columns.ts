import type { TrialRow } from '../../../electron/ipc/tradeoff.ts';
import type { TableColumn } from '../../components/table-column.ts';

/** A place in the table; its trial is read when it comes into view. */
export interface ShownTrial {
  readonly index: number;
  readonly row: TrialRow | undefined;
}

export const trialColumns: readonly TableColumn<ShownTrial>[] = [
  { key: 'number', title: 'Trial', width: '118px', isSortable: true },
  { key: 'state', title: 'State', width: '104px', isSortable: true },
  { key: 'series', title: 'Series', width: 'minmax(90px, 1fr)', isSortable: true },
  { key: 'metric', title: 'Score', width: '160px', align: 'right', isSortable: true, hint: 'First metric, best value of the trial' },
  { key: 'macs', title: 'MACs', width: '78px', align: 'right', isSortable: true, hint: 'Multiply-accumulates of one input' },
  { key: 'params', title: 'Params', width: '78px', align: 'right', isSortable: true, hint: 'Parameters' },
  {
    key: 'activationBytes',
    title: 'Activation',
    width: '88px',
    align: 'right',
    isSortable: true,
    hint: 'Bytes of all activations of one input',
  },
  { key: 'steps', title: 'Steps', width: '72px', align: 'right', isSortable: true, hint: 'Training steps that its weights have seen' },
  { key: 'hash', title: 'Architecture', width: '100px', hint: 'Content hash of the genotype; equal architectures share it' },
  { key: 'actions', title: '', width: '146px', align: 'right' },
];
