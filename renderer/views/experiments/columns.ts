import type { ExperimentSummary } from '../../../electron/ipc/overview.ts';
import type { TableColumn } from '../../components/table-column.ts';

export const experimentColumns: readonly TableColumn<ExperimentSummary>[] = [
  { key: 'more', title: '', width: '28px' },
  { key: 'name', title: 'Name', width: 'minmax(164px, 2fr)', isSortable: true },
  { key: 'strategy', title: 'Strategy', width: 'minmax(112px, 1fr)', isSortable: true },
  { key: 'data', title: 'Data', width: 'minmax(98px, 1fr)', isSortable: true },
  { key: 'state', title: 'State', width: '114px', isSortable: true },
  { key: 'trials', title: 'Trials', width: '54px', align: 'right', isSortable: true, hint: 'Finished trials' },
  {
    key: 'best',
    title: 'Best',
    width: '148px',
    align: 'right',
    isSortable: true,
    hint: 'Highest value of the first metric among the ends of runs; references do not count',
  },
  {
    key: 'macs',
    title: 'MACs',
    width: '66px',
    align: 'right',
    isSortable: true,
    hint: 'Multiply-accumulates of one input of the best network',
  },
  {
    key: 'hypervolume',
    title: 'HV',
    width: '58px',
    align: 'right',
    isSortable: true,
    hint: 'Hypervolume: share of the box between reference point and ideal that the front dominates',
  },
  { key: 'growth', title: 'Growth', width: '90px', hint: 'How the hypervolume grew' },
  { key: 'time', title: 'Time', width: '92px', align: 'right', isSortable: true, hint: 'Computing time until now' },
  { key: 'begun', title: 'Begun', width: '88px', align: 'right', isSortable: true },
];
