import type { SearchEvent } from '../../../../engine/search/events.ts';
import { sha256, type TinyRun } from './tiny-search.ts';

/** Trials without their order of arrival, and the hashes of their weight files. */
export function outcome(run: TinyRun): { readonly trials: unknown; readonly files: Readonly<Record<string, string>> } {
  const files = [...run.files].filter(([name]) => name.startsWith('trial-')).sort(([a], [b]) => (a < b ? -1 : 1));
  return { trials: run.trials, files: Object.fromEntries(files.map(([name, bytes]) => [name, sha256(bytes)])) };
}

export const isTrial =
  (number: number) =>
  (event: SearchEvent): boolean =>
    event.type === 'trial-finished' && event.trial.number === number;

export const isStep =
  (step: number) =>
  (event: SearchEvent): boolean =>
    event.type === 'scalars' && event.step === step;
