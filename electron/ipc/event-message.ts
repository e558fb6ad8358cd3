import type { LabEvent } from './contract.ts';

/** One message of the event stream to an interface in another process: HTTP's WebSocket sends it as JSON, the window by its port. */
export interface EventMessage {
  /** In order. Of scalars of one search only the newest need be there. */
  readonly events: readonly LabEvent[];
  /** Events were left out before this message: whoever shows a state reads it again. */
  readonly resync?: boolean;
}
