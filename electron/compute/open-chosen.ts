import { calibrate, chooseBackend, openBackend } from '../../engine/backend/backend.ts';
import type { Backend, Calibration } from '../../engine/backend/backend.ts';
import { describeBackend, listBackends } from '../../engine/backend/descriptions.ts';
import type { BackendDescription, BackendId, BackendOptions } from '../../engine/backend/descriptions.ts';
import type { Precision } from '../../engine/backend/precision.ts';
import { EngineError } from '../../engine/error.ts';

/** What was asked for; a search that goes on asks for what it began with. */
export interface BackendWish {
  readonly backend?: string;
  readonly threads?: number;
  readonly precision?: Precision;
}

/** One that is here but does not start or does not pass its self test. */
export interface PassedOver {
  readonly id: BackendId;
  readonly code: string;
  readonly message: string;
}

/** Why a backend computes: kept with the experiment. JSON. */
export interface ChoiceDetails {
  readonly reason?: string;
  readonly calibrations?: readonly Calibration[];
  readonly passedOver?: readonly PassedOver[];
}

export interface ChosenBackend {
  readonly backend: Backend;
  readonly details: ChoiceDetails;
}

/** What choosing needs of the engine. */
export interface BackendTools {
  list(): readonly BackendDescription[];
  /** Opens and tests. */
  open(id: string): Promise<Backend>;
  calibrate(backend: Backend): Promise<Calibration>;
}

/**
 * The named backend, which is refused when it does not work; else the only one that works, else the one that a measurement prefers. Throws what
 * opening the named one throws, and where none was named and none works, EngineError 'no-backend'. `tools` is an argument for tests.
 */
export async function openChosen(wish: BackendWish, tools: BackendTools = toolsFor(wish)): Promise<ChosenBackend> {
  if (wish.backend !== undefined) return { backend: await tools.open(wish.backend), details: {} };
  const candidates = tools.list().filter(({ isAvailable, isReferenceOnly }) => isAvailable && !isReferenceOnly);
  const passedOver: PassedOver[] = [];
  const calibrations: Calibration[] = [];
  let current: Backend | undefined;
  let latest: BackendId | undefined;
  for (const { id } of candidates) {
    latest = id;
    try {
      const opened = await tools.open(id);
      current = opened;
      // Nothing to compare with: nothing to measure.
      if (candidates.length - passedOver.length > 1) calibrations.push(await tools.calibrate(opened));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      passedOver.push({ id, code: error.code, message: error.message });
    }
  }
  if (current === undefined) throw noneWorks(passedOver);
  const told = passedOver.length > 0 ? { passedOver } : {};
  const isOnly = candidates.length - passedOver.length === 1;
  const { id, reason } = isOnly
    ? { id: current.id, reason: passedOver.length === 0 ? 'the only one here' : 'the only one here that works' }
    : chooseBackend(calibrations);
  // Opening another one, even in vain, may have left that one current.
  const backend = latest === id ? current : await tools.open(id);
  return { backend, details: { reason, ...(isOnly ? {} : { calibrations }), ...told } };
}

function toolsFor({ threads, precision }: BackendWish): BackendTools {
  const optionsOf = (id: string): BackendOptions => ({
    ...(threads !== undefined && describeBackend(id).canSetThreads ? { threads } : {}),
    ...(precision !== undefined && { precision }),
  });
  return { list: listBackends, open: (id) => openBackend(id, optionsOf(id)), calibrate };
}

function noneWorks(passedOver: readonly PassedOver[]): EngineError {
  const found = passedOver.map(({ id, message }) => `${id}: ${message}`).join(' ');
  return new EngineError('no-backend', `No backend works here. ${found}`.trim(), {
    tip: 'Run the set-up again; "lab doctor" says what is missing.',
  });
}

/** What the log says of a backend that was passed over. */
export function passedOverText({ id, message }: PassedOver): string {
  return `Backend '${id}' was passed over: ${message} Name it with --backend to insist on it.`;
}
