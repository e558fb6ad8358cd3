import type { PlanePoint } from './knee.ts';
import { RankSet } from './rank-set.ts';

/** Points in the order in which they became known; row i of every column is one point. */
export interface TimedPoints {
  /** A cost, better when lower; a row with a value that is not finite never enters. */
  readonly x: ArrayLike<number>;
  /** An accuracy, better when higher. */
  readonly y: ArrayLike<number>;
  /** When the row became known (a trial number); does not fall from row to row. Rows of the same time appear together. */
  readonly at: ArrayLike<number>;
  /** Rows that do not compete never enter; all do when left out. */
  readonly competes?: ArrayLike<boolean | number>;
}

export interface FrontChange {
  readonly at: number;
  /** Points on the front from then on. */
  readonly size: number;
  /** Dominated share of the reference box, as in metrics/hypervolume.ts; undefined without a reference. */
  readonly hypervolume?: number;
}

export interface FrontHistory {
  /** When each row came onto the front, -1 when it never did. The front at time t is every row with entered <= t and (left < 0 or t < left). */
  readonly entered: Int32Array;
  /** When it was dominated, -1 while it is not. A row that was dominated by another one of its own time has left = entered. */
  readonly left: Int32Array;
  /** One entry for every time at which the front changed. */
  readonly changes: readonly FrontChange[];
}

/**
 * How a front grew: each point is compared with its neighbours on the front of its time, found by a rank set, so that n points take
 * O(n log n) whatever their front looks like. Equal points: the first one stands for all.
 */
export function frontHistory(points: TimedPoints, reference?: PlanePoint): FrontHistory {
  const growing = new GrowingFront(points, reference);
  const count = points.x.length;
  const changes: FrontChange[] = [];
  for (let row = 0; row < count;) {
    const at = points.at[row] as number;
    let isChanged = false;
    for (; row < count && points.at[row] === at; row++) isChanged = growing.insert(row) || isChanged;
    if (isChanged) changes.push({ at, size: growing.size, ...(reference === undefined ? {} : { hypervolume: growing.share() }) });
  }
  return { entered: growing.entered, left: growing.left, changes };
}

class GrowingFront {
  readonly entered: Int32Array;
  readonly left: Int32Array;
  size = 0;
  readonly #points: TimedPoints;
  readonly #reference: PlanePoint | undefined;
  readonly #ranks: Int32Array;
  readonly #members: RankSet;
  /** Row of the member at each rank. */
  readonly #rows: Int32Array;
  #area = 0;

  constructor(points: TimedPoints, reference: PlanePoint | undefined) {
    const count = points.x.length;
    this.entered = new Int32Array(count).fill(-1);
    this.left = new Int32Array(count).fill(-1);
    this.#points = points;
    this.#reference = reference;
    const { ranks, distinct } = ranksOf(points);
    this.#ranks = ranks;
    this.#members = new RankSet(distinct);
    this.#rows = new Int32Array(distinct);
  }

  share(): number {
    const reference = this.#reference;
    return reference === undefined ? 0 : this.#area / (reference.x * (1 - reference.y));
  }

  /** True when the row came onto the front. */
  insert(row: number): boolean {
    const rank = this.#ranks[row] as number;
    if (rank < 0) return false;
    const y = this.#points.y[row] as number;
    const at = this.#points.at[row] as number;
    const before = this.#members.atMost(rank);
    const beforeY = before < 0 ? -Infinity : this.#yAt(before);
    if (beforeY >= y) return false;
    let x = this.#points.x[row] as number;
    let height = beforeY;
    let next = this.#members.atLeast(rank);
    for (; next >= 0 && this.#yAt(next) <= y; next = this.#members.atLeast(next)) {
      const gone = this.#rows[next] as number;
      this.#addStrip(x, this.#points.x[gone] as number, height, y);
      x = this.#points.x[gone] as number;
      height = this.#points.y[gone] as number;
      this.#members.delete(next);
      this.left[gone] = at;
      this.size--;
    }
    this.#addStrip(x, next < 0 ? Infinity : (this.#points.x[this.#rows[next] as number] as number), height, y);
    this.#members.add(rank);
    this.#rows[rank] = row;
    this.entered[row] = at;
    this.size++;
    return true;
  }

  #yAt(rank: number): number {
    return this.#points.y[this.#rows[rank] as number] as number;
  }

  /** The part of a strip that lies inside the reference box. */
  #addStrip(fromX: number, toX: number, fromY: number, toY: number): void {
    const reference = this.#reference;
    if (reference === undefined) return;
    const width = Math.min(toX, reference.x) - Math.min(fromX, reference.x);
    const height = Math.min(Math.max(toY, reference.y), 1) - Math.min(Math.max(fromY, reference.y), 1);
    if (width > 0 && height > 0) this.#area += width * height;
  }
}

/** Positions of the x values among the distinct ones; -1 for rows that can never be on a front. */
function ranksOf({ x, y, competes }: TimedPoints): { readonly ranks: Int32Array; readonly distinct: number } {
  const ranks = new Int32Array(x.length).fill(-1);
  const rows: number[] = [];
  for (let row = 0; row < x.length; row++) {
    const takesPart = competes === undefined || competes[row] === true || competes[row] === 1;
    if (takesPart && Number.isFinite(x[row]) && Number.isFinite(y[row])) rows.push(row);
  }
  const sorted = Int32Array.from(rows).sort((a, b) => (x[a] as number) - (x[b] as number));
  let distinct = 0;
  let last = NaN;
  for (const row of sorted) {
    if (x[row] !== last) distinct++;
    last = x[row] as number;
    ranks[row] = distinct - 1;
  }
  return { ranks, distinct };
}
