import type { ChartConfiguration } from 'chart.js';
import type { DeviceProfile } from '../../electron/ipc/latency.ts';
import { latency } from '../format/duration.ts';
import { axesOptions } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { ChartTheme } from './theme.ts';

/** Predicted = factor of the predictor times the sum over the layers; without a predictor the plain sum. */
function pairs({ networks, predictor }: DeviceProfile): readonly { readonly name: string; readonly x: number; readonly y: number }[] {
  return networks.map(({ name, p50Ms, sumMs }) => ({ name, x: p50Ms, y: (predictor?.factor ?? 1) * sumMs }));
}

/** Each network as a point; on the diagonal prediction and clock agree. */
export function latencyFitChart(profile: DeviceProfile, theme: ChartTheme): ChartConfiguration {
  const data = pairs(profile);
  const longest = Math.max(1e-3, ...data.flatMap(({ x, y }) => [x, y])) * 1.08;
  const color = theme.series[0] ?? theme.accent;
  const base = axesOptions(
    theme,
    { title: 'measured p50, ms', min: 0, max: longest },
    { title: profile.predictor === undefined ? 'sum over layers, ms' : 'predicted, ms', min: 0, max: longest },
  );
  return {
    type: 'scatter',
    data: {
      datasets: [
        { label: 'networks', data, pointRadius: 4, borderColor: color, backgroundColor: color },
        {
          type: 'line',
          label: 'equal',
          data: [
            { x: 0, y: 0 },
            { x: longest, y: longest },
          ],
          borderColor: theme.textSoft,
          borderDash: [4, 4],
          borderWidth: 1,
          pointRadius: 0,
          pointHitRadius: 0,
        },
      ],
    },
    options: {
      ...base,
      interaction: { mode: 'nearest', axis: 'xy', intersect: true },
      plugins: {
        ...base.plugins,
        tooltip: {
          ...base.plugins?.tooltip,
          callbacks: {
            label: ({ raw }: { raw: unknown }) => {
              const { name, x, y } = raw as (typeof data)[number];
              return `${name}: predicted ${latency(y)}, measured ${latency(x)}`;
            },
          },
        },
      },
    },
  } as unknown as ChartConfiguration;
}

export function latencyFitTable(profile: DeviceProfile): ChartTable {
  return {
    columns: ['network', 'measured p50', 'predicted'],
    rows: pairs(profile).map(({ name, x, y }) => [name, latency(x), latency(y)]),
  };
}
