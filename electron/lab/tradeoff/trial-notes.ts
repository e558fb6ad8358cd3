import type { TrialAnnotation, TrialResultRecord } from '../../../db/store.ts';

/** Name under which measured latencies are kept beside trials. */
export const latencyName = 'latencyP50Ms';

interface NotedTrial {
  readonly number: number;
  readonly metrics: readonly { readonly name: string; readonly value: number | null; readonly split: string; readonly kind: string }[];
  readonly latencyMs?: number;
  readonly latencyDevice?: string;
  readonly exclusion?: string;
}

/** Retrained scores join the metrics, of latencies the newest counts, exclusions keep their reason. */
export function withNotes<T extends NotedTrial>(
  trials: readonly T[],
  annotations: readonly TrialAnnotation[],
  results: readonly TrialResultRecord[],
): readonly T[] {
  const exclusions = new Map(
    annotations.flatMap(({ number, exclusion }) => (exclusion === undefined ? [] : [[number, exclusion] as const])),
  );
  const byTrial = Map.groupBy(results, ({ number }) => number);
  if (exclusions.size === 0 && byTrial.size === 0) return trials;
  return trials.map((trial) => {
    const exclusion = exclusions.get(trial.number);
    const own = byTrial.get(trial.number);
    if (exclusion === undefined && own === undefined) return trial;
    const latency = own?.findLast(({ name, value }) => name === latencyName && value !== null);
    const retrained = own?.flatMap(({ kind, name, value, split }) => (kind === 'retrained' ? [{ name, value, split, kind }] : [])) ?? [];
    const device = deviceOf(latency);
    return {
      ...trial,
      ...(retrained.length === 0 ? {} : { metrics: [...trial.metrics, ...retrained] }),
      ...(latency?.value === undefined || latency.value === null ? {} : { latencyMs: latency.value }),
      ...(device === undefined ? {} : { latencyDevice: device }),
      ...(exclusion === undefined ? {} : { exclusion }),
    };
  });
}

/** The name of the device profile that a latency carries in its details. */
function deviceOf(latency: TrialResultRecord | undefined): string | undefined {
  const details = latency?.details;
  const device =
    typeof details === 'object' && details !== null && !Array.isArray(details) ? (details as Record<string, unknown>)['device'] : undefined;
  return typeof device === 'string' ? device : undefined;
}
