import { calibrate, chooseBackend, measureCompileFrom, openBackend } from '../../engine/backend/backend.ts';
import type { Backend, Calibration } from '../../engine/backend/backend.ts';
import { describeBackend, listBackends } from '../../engine/backend/descriptions.ts';
import { numericFingerprint } from '../../engine/backend/fingerprint.ts';
import type { Json } from '../../db/store.ts';
import { parseSearchConfig } from '../../engine/search/config.ts';
import type { SearchEvent } from '../../engine/search/events.ts';
import type { StopSignal } from '../../engine/search/parts.ts';
import { planSearch } from '../../engine/search/plan.ts';
import { runSearch } from '../../engine/search/run-search.ts';
import { checkNumerics } from './numerics.ts';
import type { ComputeJob, FromCompute } from './protocol.ts';
import { runInProcess } from './run-in-process.ts';
import { openParts } from './search-parts.ts';

/** A real search: config -> parts -> runSearch. */
async function* startSearch(
  job: ComputeJob,
  signal: StopSignal,
  post: (message: FromCompute) => Promise<void>,
): AsyncGenerator<SearchEvent> {
  const config = parseSearchConfig(job.config);
  const { backend, details } = await openChosen(job);
  const numerics = await numericFingerprint();
  checkNumerics(job, numerics);
  const compileFrom = job.isFirstRun ? await measureCompileFrom(backend) : job.compileFrom;
  const chosen = { backend: backend.id, threads: backend.threads, numerics, ...(compileFrom !== undefined && { compileFrom }) };
  await post({ type: 'environment', ...chosen, details });
  const opened = await openParts(job, config, backend, compileFrom);
  try {
    yield* runSearch(planSearch(config), opened.parts, job.progress, signal);
  } finally {
    await opened.close();
  }
}

/** The named backend, else the only one, else the one that a measurement prefers; `details` say why. */
async function openChosen(job: ComputeJob): Promise<{ readonly backend: Backend; readonly details: Json }> {
  const open = (id: string): Promise<Backend> =>
    openBackend(id, job.threads !== undefined && describeBackend(id).canSetThreads ? { threads: job.threads } : {});
  if (job.backend !== undefined) return { backend: await open(job.backend), details: {} };
  const candidates = listBackends().filter(({ isAvailable, isReferenceOnly }) => isAvailable && !isReferenceOnly);
  const [only, ...others] = candidates;
  // Nothing to compare with: nothing to measure.
  if (only !== undefined && others.length === 0) return { backend: await open(only.id), details: { reason: 'the only one here' } };
  const calibrations: Calibration[] = [];
  let opened: Backend | undefined;
  for (const { id } of candidates) {
    opened = await open(id);
    calibrations.push(await calibrate(opened));
  }
  const { id, reason } = chooseBackend(calibrations);
  const backend = opened?.id === id ? opened : await open(id);
  return { backend, details: { reason, calibrations: calibrations.map(({ id: measured, stepMs }) => ({ id: measured, stepMs })) } };
}

await runInProcess(startSearch);
