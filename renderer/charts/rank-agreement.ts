import type { ChartConfiguration } from 'chart.js';
import type { RankAgreementReport } from '../../electron/ipc/dynamics.ts';
import { percent, percentWithDeviation } from '../format/percent.ts';
import { counted } from '../format/quantity.ts';
import { axesOptions } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { ChartTheme } from './theme.ts';

/** Cheap score against that of the final recipe, one point a trial. */
export function rankAgreementChart(
  { pairs, metric = 'score', n, tau, isTooFew }: RankAgreementReport,
  theme: ChartTheme,
): { readonly config: ChartConfiguration; readonly label: string; readonly table: ChartTable } {
  const points = {
    label: metric,
    data: pairs.map(({ proxy, retrained }) => ({ x: proxy, y: retrained })),
    backgroundColor: theme.series[0],
    radius: 4,
  };
  return {
    config: {
      type: 'scatter',
      data: { datasets: [points] },
      options: axesOptions(theme, { title: `${metric}, proxy`, isShare: true }, { title: `${metric}, retrained`, isShare: true }),
    } as ChartConfiguration,
    label: `Proxy against retrained ${metric} of ${counted(n, 'trial')}; ${isTooFew || tau === undefined ? 'too few to tell' : `Kendall's tau ${tau.toFixed(2)}`}.`,
    table: {
      columns: ['Trial', 'Proxy', 'Retrained', 'Seeds'],
      rows: pairs.map(({ experiment, trial, proxy, retrained, sd, seeds }) => [
        `${experiment}:t${trial}`,
        percent(proxy, 2),
        percentWithDeviation(retrained, sd, 2),
        seeds,
      ]),
    },
  };
}
