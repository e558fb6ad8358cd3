/** Says once a home what native TensorFlow would bring. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInstalled } from '../../../engine/backend/tensorflow/installed.ts';
import { hasWheels } from './tensorflow-wheels.ts';

/**
 * How many times faster than on wasm a training step is with native TensorFlow: from the README's table of what was measured (steps of
 * mobile, res and attn on two cores), the least and the most. Undefined until that table has it.
 */
export const measuredFactor: { readonly least: number; readonly most: number } | undefined = undefined as
  { readonly least: number; readonly most: number } | undefined;

const marker = 'native-hint-given';

/** What to say at the beginning of a search in this home; undefined when it was said, when it is installed, or where there is none to install. */
export function nativeHint(home: string, isInstalled = findInstalled() !== undefined, isInstallable = hasWheels()): string | undefined {
  // Only a home that is there can remember.
  if (isInstalled || !isInstallable || !existsSync(home) || existsSync(join(home, marker))) return undefined;
  try {
    writeFileSync(join(home, marker), '');
  } catch {
    return undefined; // a home that cannot be written would be told at every search
  }
  const gain =
    measuredFactor === undefined
      ? 'trains faster'
      : `trains ${measuredFactor.least} to ${measuredFactor.most} times as fast (measured on two cores)`;
  return `The embedded backend wasm computes. Native TensorFlow ${gain}: lab backend install tensorflow`;
}
