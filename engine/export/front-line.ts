import { frontHistory } from '../metrics/front-history.ts';
import type { FrontHistory } from '../metrics/front-history.ts';
import { frontOf } from '../metrics/front.ts';
import type { FrontAxis, FrontRow } from './front-row.ts';

/** The front of some of the points, now and as it grew. */
export interface FrontLine {
  /** Indices of the points on the front, by rising cost. */
  readonly points: readonly number[];
  /** Trials at exactly each of them. */
  readonly counts: readonly number[];
  readonly knee?: { readonly point: number; readonly gainLeft: number | undefined; readonly gainRight: number | undefined };
  readonly hypervolume?: number;
  readonly reference?: { readonly x: number; readonly y: number };
  /** Why there is no hypervolume. */
  readonly hypervolumeRefused?: string;
  /** `entered` and `left` are those of `members[i]`, in the order of `members`. */
  readonly history: FrontHistory;
  /** Indices of the points that were looked at. */
  readonly members: readonly number[];
}

export interface LineOptions {
  readonly axis: FrontAxis;
  readonly reference?: { readonly x: number; readonly y: number } | undefined;
  /** Why there is no reference. */
  readonly refused?: string | undefined;
  readonly logX?: boolean;
}

/** Over the points with these indices; over all when left out. They are taken in the order of their trial numbers. */
export function frontLine(points: readonly FrontRow[], members: readonly number[] | undefined, options: LineOptions): FrontLine {
  const ordered = (members ?? points.map((_, index) => index)).toSorted(
    (a, b) => (points[a] as FrontRow).trial.number - (points[b] as FrontRow).trial.number || a - b,
  );
  const rows = ordered.map((index) => points[index] as FrontRow);
  const columns = {
    x: rows.map(({ x }) => x),
    y: rows.map(({ y }) => y),
    at: rows.map(({ trial }) => trial.number),
    competes: rows.map(({ competes }) => competes),
  };
  const usable = usableReference(options);
  const reference = 'refused' in usable ? undefined : usable;
  const front = frontOf(columns, { ...(reference === undefined ? {} : { reference }), logX: options.logX ?? false });
  const { knee } = front;
  return {
    points: front.points.map(({ row }) => ordered[row] as number),
    counts: front.points.map(({ count }) => count),
    ...(knee === undefined ? {} : { knee: { point: ordered[knee.row] as number, gainLeft: knee.gainLeft, gainRight: knee.gainRight } }),
    ...(front.hypervolume === undefined ? {} : { hypervolume: front.hypervolume }),
    ...(reference === undefined ? {} : { reference }),
    ...('refused' in usable ? { hypervolumeRefused: usable.refused } : {}),
    history: frontHistory(columns, reference),
    members: ordered,
  };
}

function usableReference({
  axis,
  reference,
  refused,
}: LineOptions): { readonly x: number; readonly y: number } | { readonly refused: string } {
  if (axis !== 'macs') return { refused: 'no hypervolume: its reference point is one of MACs' };
  if (reference === undefined) return { refused: refused ?? 'no hypervolume: no reference point was stored' };
  if (!(reference.x > 0) || !(reference.y < 1)) return { refused: 'no hypervolume: the reference point leaves no room for a front' };
  return reference;
}
