import type { TrialAnnotation, TrialResultRecord } from '../../../db/store.ts';

/** Name under which measured latencies are kept beside trials. */
export const latencyName = 'latencyP50Ms';

interface NotedTrial {
  readonly number: number;
  readonly cost?: { readonly input: readonly number[] };
  readonly metrics: readonly { readonly name: string; readonly value: number | null; readonly split: string; readonly kind: string }[];
  readonly latencyMs?: number;
  readonly latencyDevice?: string;
  readonly exclusion?: string;
}

/** What a measured time holds for, as far as its details say. */
interface TimedDetails {
  readonly device?: unknown;
  readonly backend?: unknown;
  readonly threads?: unknown;
  readonly mode?: unknown;
  readonly batch?: unknown;
  readonly input?: unknown;
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
    const latency = newestOf(own ?? [], latencyName, trial.cost?.input);
    const retrained = own?.flatMap(({ kind, name, value, split }) => (kind === 'retrained' ? [{ name, value, split, kind }] : [])) ?? [];
    const device = latency === undefined ? undefined : timedOn(latency);
    return {
      ...trial,
      ...(retrained.length === 0 ? {} : { metrics: [...trial.metrics, ...retrained] }),
      ...(latency?.value === undefined || latency.value === null ? {} : { latencyMs: latency.value }),
      ...(device === undefined ? {} : { latencyDevice: device }),
      ...(exclusion === undefined ? {} : { exclusion }),
    };
  });
}

/** The newest time that is the trial's own: of one picture at the input that its cost is of. Times at other sizes stand for themselves. */
export function newestOf(
  results: readonly TrialResultRecord[],
  wanted: string,
  input: readonly number[] | undefined,
): TrialResultRecord | undefined {
  return results.findLast((result) => {
    const { batch = 1, input: measured } = detailsOf(result);
    const isOwnInput = measured === undefined || input === undefined || String(measured) === String(input);
    return result.name === wanted && result.value !== null && batch === 1 && isOwnInput;
  });
}

/** Device, backend, threads and mode: only times that agree in all of them may be compared. Undefined where the device is not told. */
export function timedOn(result: TrialResultRecord): string | undefined {
  const { device, backend, threads, mode } = detailsOf(result);
  if (typeof device !== 'string') return undefined;
  return [
    device,
    ...(typeof backend === 'string' ? [backend] : []),
    ...(typeof threads === 'number' ? [`${threads} ${threads === 1 ? 'thread' : 'threads'}`] : []),
    ...(typeof mode === 'string' ? [mode] : []),
  ].join(', ');
}

function detailsOf({ details }: TrialResultRecord): TimedDetails {
  return typeof details === 'object' && details !== null && !Array.isArray(details) ? (details as TimedDetails) : {};
}
