/** Says once a home what native TensorFlow would bring. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInstalled } from '../../../engine/backend/tensorflow/installed.ts';
import { hasWheels } from './tensorflow-wheels.ts';

/**
 * How many times as fast as on wasm a compiled training step is with native TensorFlow on one thread: the least and the most of mobile, res and
 * attn (tests/bench), in turns on an AVX-512 server, in processor time. More threads come on top; wasm has none. `lab backend bench` measures
 * it where it runs.
 */
export const measuredFactor = { least: 1.6, most: 2.0 } as const;

/** The same as a phrase. */
export const measuredGain = `trains ${measuredFactor.least} to ${measuredFactor.most.toFixed(1)} times as fast on one thread (measured on an AVX-512 server), faster on several`;

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
  return `The embedded backend wasm computes. Native TensorFlow ${measuredGain}: lab backend install tensorflow`;
}
