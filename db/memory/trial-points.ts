import type { Json, TrialPoints, TrialRecord } from '../store.ts';

export function pointsOf(trials: readonly TrialRecord[]): TrialPoints {
  const finished = trials.filter(({ state }) => state === 'complete' || state === 'failed');
  return {
    number: finished.map(({ number }) => number),
    state: finished.map(({ state }) => state as 'complete' | 'failed'),
    hash: finished.map(({ hash }) => hash),
    role: finished.map(({ role }) => role ?? null),
    series: finished.map(({ series }) => series ?? null),
    operator: finished.map(({ operator }) => operator ?? null),
    cost: finished.map(({ cost }) => cost ?? null),
    metrics: finished.map(({ metrics }) => metrics),
    steps: finished.map(({ steps }) => steps ?? null),
    seed: finished.map(({ seed }) => seed ?? null),
  };
}

export function choicesOf(trials: readonly TrialRecord[], choices: readonly string[]) {
  const complete = trials.filter(({ state }) => state === 'complete');
  return {
    number: complete.map(({ number }) => number),
    values: choices.map((choice) => complete.map(({ arch }) => choiceOf(arch, choice))),
  };
}

function choiceOf(arch: Json, choice: string): number | null {
  const choices = (arch as { readonly choices?: Readonly<Record<string, Json>> } | null)?.choices;
  const value = choices !== undefined && Object.hasOwn(choices, choice) ? choices[choice] : null;
  return typeof value === 'number' ? value : null;
}
