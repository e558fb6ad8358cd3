import { calibrate, chooseBackend, openBackend } from '../../engine/backend/backend.ts';
import type { Backend, Calibration } from '../../engine/backend/backend.ts';
import { describeBackend, listBackends } from '../../engine/backend/descriptions.ts';
import type { Json } from '../../db/store.ts';

/** What was asked for; a search that goes on asks for what it began with. */
export interface BackendWish {
  readonly backend?: string;
  readonly threads?: number;
}

/** The named backend, else the only one, else the one that a measurement prefers; `details` say why. */
export async function openChosen(job: BackendWish): Promise<{ readonly backend: Backend; readonly details: Json }> {
  const open = (id: string): Promise<Backend> =>
    openBackend(id, job.threads !== undefined && describeBackend(id).canSetThreads ? { threads: job.threads } : {});
  if (job.backend !== undefined) return { backend: await open(job.backend), details: {} };
  const candidates = listBackends().filter(({ isAvailable, isReferenceOnly }) => isAvailable && !isReferenceOnly);
  const [only, ...others] = candidates;
  // Nothing to compare with: nothing to measure.
  if (only !== undefined && others.length === 0) return { backend: await open(only.id), details: { reason: 'the only one here' } };
  const calibrations: Calibration[] = [];
  let opened: Backend | undefined;
  for (const { id } of candidates) {
    opened = await open(id);
    calibrations.push(await calibrate(opened));
  }
  const { id, reason } = chooseBackend(calibrations);
  const backend = opened?.id === id ? opened : await open(id);
  return { backend, details: { reason, calibrations: calibrations.map(({ id: measured, stepMs }) => ({ id: measured, stepMs })) } };
}
