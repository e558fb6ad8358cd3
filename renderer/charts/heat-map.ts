/** A heat map of values between 0 and 1 as few paths: one for each shade, however many cells there are. */
export interface HeatMapGroup {
  readonly name: string;
  readonly rows: readonly HeatMapRow[];
}

export interface HeatMapRow {
  readonly name: string;
  /** Colour scale: the rows of one hue are comparable. */
  readonly hue: number;
  /** One value a column, 0 to 1. */
  readonly shares: readonly number[];
}

export interface HeatMapDrawing {
  readonly width: number;
  readonly height: number;
  readonly cellWidth: number;
  readonly rowHeight: number;
  /** `level` 0 is nothing, `levels` is all. */
  readonly shades: readonly { readonly key: string; readonly hue: number; readonly level: number; readonly path: string }[];
  readonly groups: readonly { readonly name: string; readonly y: number; readonly height: number }[];
}

/** Shades of a hue: more than the eye tells apart side by side. */
export const levels = 20;
const groupGap = 4;

/** Rows below each other, groups apart; columns of equal width. */
export function heatMapDrawing(groups: readonly HeatMapGroup[], columns: number, width: number, rowHeight = 8): HeatMapDrawing {
  const cellWidth = columns === 0 ? 0 : width / columns;
  const paths = new Map<string, { hue: number; level: number; parts: string[] }>();
  const places: { name: string; y: number; height: number }[] = [];
  let y = 0;
  for (const { name, rows } of groups) {
    places.push({ name, y, height: rows.length * rowHeight });
    for (const { hue, shares } of rows) {
      shares.forEach((share, column) => {
        const level = levelOf(share);
        const key = `${hue} ${level}`;
        const shade = paths.get(key) ?? { hue, level, parts: [] };
        shade.parts.push(`M${round(column * cellWidth)} ${y}h${round(cellWidth - 1)}v${rowHeight - 1}h-${round(cellWidth - 1)}z`);
        paths.set(key, shade);
      });
      y += rowHeight;
    }
    y += groupGap;
  }
  const shades = [...paths].map(([key, { hue, level, parts }]) => ({ key, hue, level, path: parts.join('') }));
  return { width, height: Math.max(0, y - groupGap), cellWidth, rowHeight, shades, groups: places };
}

/** Nothing is only what is nothing, and all only what is all. */
function levelOf(share: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return levels;
  return Math.min(levels - 1, Math.max(1, Math.round(share * levels)));
}

/** Which row and column lie at a point of the drawing; undefined beside them. */
export function cellAt(
  groups: readonly HeatMapGroup[],
  { groups: places, cellWidth, rowHeight, width }: HeatMapDrawing,
  x: number,
  y: number,
): { readonly group: number; readonly row: number; readonly column: number } | undefined {
  const group = places.findIndex((place) => y >= place.y && y < place.y + place.height);
  const place = places[group];
  if (place === undefined || x < 0 || x >= width || cellWidth === 0) return undefined;
  const row = Math.min((groups[group]?.rows.length ?? 1) - 1, Math.floor((y - place.y) / rowHeight));
  return { group, row, column: Math.floor(x / cellWidth) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
