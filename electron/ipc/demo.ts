import type { ExperimentView } from './contract.ts';

/** The first is the one that is meant where none is named. */
export const demoNames = ['hr-nas', 'hr-nas-pose', 'lite-hrnet', 'dpc'] as const;
export type DemoName = (typeof demoNames)[number];

/** Searches on drawn pictures, from nothing to a front in minutes. */
export interface DemoApi {
  /** In the order in which they are offered. */
  demos(): Promise<readonly DemoView[]>;
  /**
   * Draws the data set (a job; once in a home), registers it, starts the search on it and resolves with the running experiment. A random search
   * with the same budget is lined up behind it where the demo has one. Rejects with 'cancelled' when the drawing was cancelled; it continues there
   * next time.
   */
  startDemo(options?: DemoOptions): Promise<ExperimentView>;
}

export interface DemoOptions {
  /** Default 'hr-nas'. */
  readonly name?: DemoName;
}

export interface DemoView {
  readonly name: DemoName;
  /** 'Lite-HRNet demo'; the experiment gets it as its name. */
  readonly title: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** What it draws: 'street scenes'. */
  readonly pictures: string;
  /** On two cores, from nothing to the front. */
  readonly minutes: number;
  /** Name of the experiment that searches at random with the same budget, where there is one. */
  readonly baseline?: string;
}
