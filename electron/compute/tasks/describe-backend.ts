import { calibrate } from '../../../engine/backend/backend.ts';
import type { TaskControl } from './table.ts';

/** The backend that work would run on here, with the time of its calibration step. */
export async function describeBackendTask(_input: Readonly<Record<string, never>>, { backend }: TaskControl) {
  const { stepMs } = await calibrate(backend);
  return { id: backend.id, threads: backend.threads, stepMs };
}
