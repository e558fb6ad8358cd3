/** A compute process that died is started again so long after its death, the second and third time later. */
export const defaultRestartDelaysMs: readonly number[] = [2_000, 10_000, 30_000];

const fewestSteps = 10;

/** How often a search is started again by itself: so many times in a row without getting any further. */
export class Restarts {
  readonly #delaysMs: readonly number[];
  #used = 0;
  #step: number | undefined;
  /** Checkpoint of the last fresh process. */
  #freshAt: number | undefined;

  constructor(delaysMs: readonly number[]) {
    this.#delaysMs = delaysMs;
  }

  /** A fresh process because of its memory: not when the one before came no further than a few steps, since loading would be most of its time. */
  isWorthwhile(step: number): boolean {
    const before = this.#freshAt ?? -Infinity;
    this.#freshAt = step;
    return step - before >= fewestSteps;
  }

  get most(): number {
    return this.#delaysMs.length;
  }

  /** After a death with the newest checkpoint at `step`: which restart comes and when; undefined when it is given up. */
  next(step: number): { readonly number: number; readonly delayMs: number } | undefined {
    if (this.#step !== undefined && step > this.#step) this.#used = 0;
    this.#step = step;
    const delayMs = this.#delaysMs[this.#used];
    if (delayMs === undefined) return undefined;
    this.#used++;
    return { number: this.#used, delayMs };
  }
}
