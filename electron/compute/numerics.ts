import { EngineError } from '../../engine/error.ts';
import type { ComputeJob } from './protocol.ts';

/** Throws EngineError 'other-machine' when the search began where the same step gave other bits. */
export function checkNumerics({ numerics }: Pick<ComputeJob, 'numerics'>, here: string): void {
  if (numerics === undefined || numerics === here) return;
  throw new EngineError(
    'other-machine',
    `This machine computes differently, in the last bits, from the one on which the search was computed so far (fingerprint ${here}, expected ${numerics}): what follows would not equal an uninterrupted run.`,
    {
      tip: 'Resume it on a machine with the same kind of processor and the same version; or accept the difference: lab resume ID --other-machine',
    },
  );
}
