import type { ExperimentView } from './contract.ts';

/** A search on drawn pictures, from nothing to a front in minutes. */
export interface DemoApi {
  /**
   * Draws the data set (a job; once in a home), registers it, starts the search on it and resolves with the running experiment.
   * Rejects with 'cancelled' when the drawing was cancelled; it continues there next time.
   */
  startDemo(options?: DemoOptions): Promise<ExperimentView>;
}

export interface DemoOptions {
  /** Default 'hr-nas'. */
  readonly preset?: 'hr-nas';
}
