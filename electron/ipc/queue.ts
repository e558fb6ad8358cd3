import type { Failure } from '../../db/store.ts';
import type { StartSearchRequest } from './contract.ts';

/** Searches that have not begun: drafts, and those that wait for their turn. */
export interface QueueApi {
  /** In the order of the queue. */
  plans(): Promise<readonly PlanView[]>;
  /**
   * Keeps a search for later ('draft') or lines it up ('queued'): it starts as soon as fewer searches run than the settings allow, in the process
   * that shows the interface. With the id of a plan it replaces that one.
   */
  savePlan(plan: PlanRequest): Promise<PlanView>;
  /** Rejects with 'unknown-plan'. */
  removePlan(id: string): Promise<void>;
}

export interface PlanRequest {
  readonly id?: string;
  readonly kind: 'draft' | 'queued';
  readonly request: StartSearchRequest;
}

export interface PlanView {
  readonly id: string;
  readonly kind: 'draft' | 'queued';
  readonly request: StartSearchRequest;
  /** Why it could not start when its turn had come; it is a draft since then. */
  readonly failure?: Failure;
  readonly createdAt: string;
}
