import type { ExperimentStore, PlanRecord } from '../../db/store.ts';
import type { ExperimentView, LabApi, LabEvent } from '../ipc/contract.ts';
import type { Change } from './change.ts';
import type { HomeLayout } from './home.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { ComputeTaskRunner } from './jobs/run-task.ts';

/** What the groups of operations of the lab share. One is made for each opened lab; a group is a function of it (`createXApi(context)`). */
export interface LabContext {
  readonly layout: HomeLayout;
  /** For reading, at any time. */
  reading(): ExperimentStore;
  readonly change: Change;
  /** Whether its compute process was started from here. */
  isRunningHere(id: string): boolean;
  /** The whole lab, for operations that build on others; not before all groups were made. */
  api(): LabApi;
  readonly jobs: Jobs;
  /** Work with tensors, in a process of its own. */
  readonly runTask: ComputeTaskRunner;
  /** This process shows an interface: waiting searches start by themselves. */
  readonly runsQueue: boolean;
  emit(event: LabEvent): void;
  /** The events of this process. Returns a function that ends the subscription. */
  onEvent(listener: (event: LabEvent) => void): () => void;
  /** An experiment as every face shows it. StoreError 'unknown-experiment'. */
  view(id: string): ExperimentView;
  /** Nothing begins any more. */
  isClosing(): boolean;
  /**
   * Starts a waiting search and removes its plan, both or none. The home is not waited for: StoreError 'home-in-use', 'closing', 'unknown-plan'
   * (removed meanwhile) and those of starting a search.
   */
  startPlan(plan: PlanRecord): Promise<ExperimentView>;
  /** A line in an experiment's log about something that went wrong beside its run; in the errors of the process where that cannot be written. */
  warn(id: string, message: string): void;
}
