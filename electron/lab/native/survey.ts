/** All backends, each tried in a process of its own, one after another so that they do not disturb each other's measurement. */
import { checkBackendOptions, listBackends } from '../../../engine/backend/descriptions.ts';
import type { BackendDescription, BackendOptions } from '../../../engine/backend/descriptions.ts';
import { findInstalled } from '../../../engine/backend/tensorflow/installed.ts';
import type { TensorflowVariant } from '../../../engine/backend/tensorflow/installed.ts';
import { probe } from './probe.ts';
import type { Probe, ProbeRequest, ProbedDevice } from './probe.ts';

/** A description with what was found out; `isAvailable` is what is so here and now. */
export interface SurveyedBackend extends BackendDescription {
  /** Threads inside one op. */
  readonly threads?: number;
  readonly version?: string;
  /** Of an installed library. */
  readonly variant?: TensorflowVariant;
  readonly devices?: readonly ProbedDevice[];
  /** Of the fixed small training step. */
  readonly stepMs?: number;
  /** How many times faster than wasm that step is. */
  readonly factor?: number;
}

export type Prober = typeof probe;

/** `options` go to the backends that can take them. `onStart` is told what is tried. */
export async function surveyBackends(
  options: BackendOptions = {},
  onStart: (id: string) => void = () => undefined,
  prober: Prober = probe,
): Promise<readonly SurveyedBackend[]> {
  const surveyed: SurveyedBackend[] = [];
  for (const description of listBackends()) {
    if (description.isAvailable) onStart(description.id);
    surveyed.push(description.isAvailable ? merged(description, await prober(requestOf(description, options))) : description);
  }
  return withFactors(surveyed);
}

/** The reference takes seconds a step, and nobody wants to know. */
function requestOf(description: BackendDescription, options: BackendOptions): ProbeRequest {
  return { id: description.id, options: fitting(description, options), skipMeasurement: description.isReferenceOnly };
}

function fitting({ id, canSetThreads }: BackendDescription, options: BackendOptions): BackendOptions {
  if (!canSetThreads) return {};
  checkBackendOptions(id, options);
  return options;
}

function merged(description: BackendDescription, found: Probe): SurveyedBackend {
  if (!found.works)
    return { ...description, isAvailable: false, reason: [found.message, found.tip].filter((part) => part !== undefined).join(' ') };
  const { stepMs, threads, version, devices } = found;
  const variant = description.id === 'tensorflow' ? findInstalled()?.variant : undefined;
  return {
    ...description,
    threads,
    devices,
    ...(stepMs !== undefined && { stepMs }),
    ...(version !== undefined && { version }),
    ...(variant !== undefined && { variant }),
  };
}

function withFactors(surveyed: readonly SurveyedBackend[]): readonly SurveyedBackend[] {
  const wasmMs = surveyed.find(({ id }) => id === 'wasm')?.stepMs;
  return surveyed.map((entry) =>
    entry.stepMs === undefined || wasmMs === undefined ? entry : { ...entry, factor: wasmMs / entry.stepMs },
  );
}
