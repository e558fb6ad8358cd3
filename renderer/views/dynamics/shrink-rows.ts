import type { ShrinkRow, ShrinkSeries } from '../../../electron/ipc/dynamics.ts';
import type { HeatMapGroup } from '../../charts/heat-map.ts';

/** 'k3', 'k5', 'k7', 'tokens': in the order in which they first stand. */
export function partsOfRows(rows: readonly ShrinkRow[]): readonly string[] {
  return [...new Set(rows.map(({ part }) => part))];
}

/** Blocks as groups of the heat map, all of their rows or those of one part; channels and tokens in hues of their own. */
export function heatGroups(rows: readonly ShrinkRow[], { alive }: ShrinkSeries, part: string): readonly HeatMapGroup[] {
  const groups = new Map<string, { name: string; hue: number; shares: readonly number[] }[]>();
  rows.forEach((row, index) => {
    if (part !== 'all' && row.part !== part) return;
    const shares = (alive[index] ?? []).map((count) => (row.most === 0 ? 0 : count / row.most));
    groups.set(row.block, [...(groups.get(row.block) ?? []), { name: row.part, hue: row.part === 'tokens' ? 1 : 0, shares }]);
  });
  return [...groups].map(([name, members]) => ({ name, rows: members }));
}

/** Channels and tokens that are alive at a point. */
export function aliveSums(
  rows: readonly ShrinkRow[],
  { alive }: ShrinkSeries,
  point: number,
): { readonly atoms: number; readonly tokens: number } {
  let [atoms, tokens] = [0, 0];
  rows.forEach(({ part }, index) => {
    const count = alive[index]?.[point] ?? 0;
    if (part === 'tokens') tokens += count;
    else atoms += count;
  });
  return { atoms, tokens };
}
