import type { Calibration } from '../../../engine/backend/backend.ts';
import { checkBackendOptions, describeBackend, listBackends } from '../../../engine/backend/descriptions.ts';
import type { BackendId, BackendOptions } from '../../../engine/backend/descriptions.ts';
import { EngineError } from '../../../engine/error.ts';
import { measuredGain } from '../native/hint.ts';
import { probe } from '../native/probe.ts';
import { surveyBackends } from '../native/survey.ts';
import type { Prober, SurveyedBackend } from '../native/survey.ts';
import { bytesText } from './format.ts';
import type { CommandResult, Session } from './session.ts';
import { table } from './table.ts';

/** `lab backend ls`. */
export async function listBackendsHere({ options, output }: Session): Promise<CommandResult> {
  const backends = await surveyBackends(wantedOf(options.threads), (id) => output.notice(`trying ${id}`));
  const rows = backends.map((entry) => [
    entry.id,
    entry.isAvailable ? 'ready' : 'not here',
    entry.threads === undefined ? '' : String(entry.threads),
    msText(entry.stepMs),
    entry.factor === undefined ? '' : `${entry.factor.toFixed(1)}x`,
    [entry.name, entry.version, entry.variant === 'cuda' ? 'with CUDA' : undefined].filter((part) => part !== undefined).join(' '),
    `${entry.purpose}${entry.isReferenceOnly ? ' only' : ''}`,
  ]);
  const columns = [
    { title: 'id' },
    { title: 'state' },
    { title: 'threads', align: 'right' },
    { title: 'step', align: 'right' },
    { title: 'speed', align: 'right' },
    { title: 'name' },
    { title: 'for' },
  ] as const;
  return { document: { backends }, text: [table(columns, rows), ...backends.flatMap(remarks)].join('\n') };
}

/** Lines below the table: devices, and why a backend is not here and what to do. */
function remarks({ id, devices = [], isAvailable, reason }: SurveyedBackend): readonly string[] {
  const lines = devices.map(({ name, memoryBytes }) => `${id}: ${name}${memoryBytes > 0 ? `, ${bytesText(memoryBytes)}` : ''}`);
  return isAvailable || reason === undefined ? lines : [...lines, `${id}: ${reason}`];
}

/** A backend and its step; `factor` is how many times faster than wasm it is, where both were measured. */
interface Measured extends Calibration {
  readonly factor?: number;
}

/** `lab backend bench`. `prober` is an argument for tests. */
export async function benchBackends({ options, output }: Session, prober: Prober = probe): Promise<CommandResult> {
  const { chooseBackend } = await import('../../../engine/backend/backend.ts');
  const wanted = wantedOf(options.threads);
  const calibrations: Calibration[] = [];
  const failed: { readonly id: BackendId; readonly message: string }[] = [];
  for (const id of idsToBench(options.backend, wanted)) {
    output.notice(`measuring ${id}`);
    const found = await prober({ id, options: wanted });
    if (found.works) calibrations.push({ id, stepMs: found.stepMs ?? NaN });
    else if (options.backend === undefined) failed.push({ id, message: found.message });
    else throw new EngineError(found.code, found.message, found.tip === undefined ? {} : { tip: found.tip });
  }
  const chosen = chooseBackend(calibrations);
  const measured = withFactors(calibrations);
  const rows = measured.map(({ id, stepMs, factor }) => [
    id,
    msText(stepMs),
    factor === undefined ? '' : `${factor.toFixed(1)}x`,
    id === chosen.id ? 'chosen' : '',
  ]);
  const columns = [{ title: 'id' }, { title: 'step', align: 'right' }, { title: 'speed', align: 'right' }, { title: '' }] as const;
  const missing = describeBackend('tensorflow');
  const lines = [
    table(columns, rows),
    ...failed.map(({ id, message }) => `${id}: ${message}`),
    `${chosen.id}: ${chosen.reason}`,
    ...(options.backend === undefined && !missing.isAvailable ? [`tensorflow: ${missing.reason}; ${measuredGain}`] : []),
  ];
  return { document: { measured, chosen, failed }, text: lines.join('\n') };
}

function withFactors(calibrations: readonly Calibration[]): readonly Measured[] {
  const wasmMs = calibrations.find(({ id }) => id === 'wasm')?.stepMs;
  if (wasmMs === undefined || calibrations.length < 2) return calibrations;
  return calibrations.map((one) => ({ ...one, factor: wasmMs / one.stepMs }));
}

/** Throws EngineError 'unknown-backend', 'threads-not-supported' or 'backend-not-available' before anything is measured. */
function idsToBench(given: string | undefined, wanted: BackendOptions): readonly BackendId[] {
  if (given === undefined) {
    // The reference takes seconds a step and is never chosen: it is measured when it is named.
    const ready = listBackends().filter(
      ({ isAvailable, isReferenceOnly, canSetThreads }) =>
        isAvailable && !isReferenceOnly && (canSetThreads || wanted.threads === undefined),
    );
    if (ready.length === 0) checkBackendOptions('wasm', wanted);
    return ready.map(({ id }) => id);
  }
  checkBackendOptions(given, wanted);
  return [describeBackend(given).id];
}

function wantedOf(threads: number | undefined): BackendOptions {
  return threads === undefined ? {} : { threads };
}

function msText(ms: number | undefined): string {
  return ms === undefined ? '' : `${ms.toFixed(1)} ms`;
}
