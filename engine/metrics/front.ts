import { hypervolume } from './hypervolume.ts';
import { kneeOf } from './knee.ts';
import type { PlanePoint } from './knee.ts';
import { paretoFront } from './pareto.ts';

export interface FrontPoint {
  /** Row of the columns that were given. */
  readonly row: number;
  readonly x: number;
  readonly y: number;
  /** Rows at exactly this point. */
  readonly count: number;
}

export interface FrontKnee {
  readonly row: number;
  /** Gain in y for one unit of x from the left neighbour, and to the right one; undefined where there is none. */
  readonly gainLeft: number | undefined;
  readonly gainRight: number | undefined;
}

export interface Front {
  /** By rising x, and so by rising y. */
  readonly points: readonly FrontPoint[];
  readonly knee?: FrontKnee;
  /** Only with a reference. */
  readonly hypervolume?: number;
}

/** Row i of every column is one point: `x` a cost, `y` an accuracy, and whether it competes for the front (all do when left out). */
export interface FrontColumns {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly competes?: ArrayLike<boolean | number>;
}

/** Front, knee and hypervolume together, so that every face shows those of the very same points. */
export function frontOf(columns: FrontColumns, options: { readonly reference?: PlanePoint; readonly logX?: boolean } = {}): Front {
  const { x, y, competes } = columns;
  const rows: number[] = [];
  for (let row = 0; row < x.length; row++) if (competes === undefined || competes[row] === true || competes[row] === 1) rows.push(row);
  const { front } = paretoFront(
    rows,
    (row) => x[row] as number,
    (row) => y[row] as number,
  );
  const points = front.map(({ item, ...point }) => ({ row: item, ...point }));
  const knee = kneeOf(points, { logX: options.logX ?? false });
  const kneePoint = knee === undefined ? undefined : points[knee.index];
  return {
    points,
    ...(knee === undefined || kneePoint === undefined
      ? {}
      : { knee: { row: kneePoint.row, gainLeft: knee.gainLeft, gainRight: knee.gainRight } }),
    ...(options.reference === undefined ? {} : { hypervolume: hypervolume(points, options.reference) }),
  };
}
