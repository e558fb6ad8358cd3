const cell = 24; // px; as far as a pointer reaches

/** Points by their place on the canvas: finds the nearest one to a pointer without looking at all of them. */
export class PointIndex {
  readonly #columns: number;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #px: Float32Array;
  readonly #py: Float32Array;
  readonly #rank: (point: number) => number;

  /** NaN keeps a point out. `rank`: of equally near points the one with the lower rank is meant. */
  constructor(px: Float32Array, py: Float32Array, width: number, height: number, rank: (point: number) => number) {
    this.#px = px;
    this.#py = py;
    this.#rank = rank;
    this.#columns = Math.ceil(width / cell) + 1;
    this.#heads = new Int32Array(this.#columns * (Math.ceil(height / cell) + 1)).fill(-1);
    this.#next = new Int32Array(px.length).fill(-1);
    for (let i = 0; i < px.length; i++) {
      const at = this.#cellOf(px[i] as number, py[i] as number);
      if (at < 0) continue;
      this.#next[i] = this.#heads[at] as number;
      this.#heads[at] = i;
    }
  }

  /** The nearest point within `reach` px (at most the size of a cell), undefined when there is none. */
  nearest(x: number, y: number, reach = cell): number | undefined {
    let best: number | undefined;
    let bestScore = Infinity;
    for (let dy = -cell; dy <= cell; dy += cell) {
      for (let dx = -cell; dx <= cell; dx += cell) {
        const at = this.#cellOf(x + dx, y + dy);
        for (let i = at < 0 ? -1 : (this.#heads[at] as number); i >= 0; i = this.#next[i] as number) {
          const distance = Math.hypot((this.#px[i] as number) - x, (this.#py[i] as number) - y);
          // A point of the front wins against one of the crowd that is a little nearer.
          const score = distance + 3 * this.#rank(i);
          if (distance <= reach && score < bestScore) {
            best = i;
            bestScore = score;
          }
        }
      }
    }
    return best;
  }

  #cellOf(x: number, y: number): number {
    const column = Math.floor(x / cell);
    const at = Math.floor(y / cell) * this.#columns + column;
    return column >= 0 && column < this.#columns && at >= 0 && at < this.#heads.length ? at : -1;
  }
}
