import { measureCompileFrom } from '../../engine/backend/backend.ts';
import type { Json } from '../../db/store.ts';
import { numericFingerprint } from '../../engine/backend/fingerprint.ts';
import { parseSearchConfig } from '../../engine/search/config.ts';
import type { SearchEvent } from '../../engine/search/events.ts';
import type { StopSignal } from '../../engine/search/parts.ts';
import { planSearch } from '../../engine/search/plan.ts';
import { runSearch } from '../../engine/search/run-search.ts';
import { serveJob } from './compute-session.ts';
import { checkNumerics } from './numerics.ts';
import { openChosen, passedOverText } from './open-chosen.ts';
import type { ComputeJob, ComputePort, FromCompute } from './protocol.ts';
import { runInProcess } from './run-in-process.ts';
import { openParts } from './search-parts.ts';

/** A real search: config -> parts -> runSearch. */
async function* startSearch(
  job: ComputeJob,
  signal: StopSignal,
  post: (message: FromCompute) => Promise<void>,
): AsyncGenerator<SearchEvent> {
  const config = parseSearchConfig(job.config);
  const { backend, details } = await openChosen({ ...job, precision: config.train.precision.id });
  const numerics = await numericFingerprint();
  checkNumerics(job, numerics);
  const compileFrom = job.isFirstRun ? await measureCompileFrom(backend) : job.compileFrom;
  const { id, threads, precision } = backend;
  const chosen = { backend: id, threads, precision, numerics, ...(compileFrom !== undefined && { compileFrom }) };
  await post({ type: 'environment', ...chosen, details: details as Json });
  for (const one of details.passedOver ?? []) yield { type: 'log', level: 'warn', message: passedOverText(one) };
  const opened = await openParts(job, config, backend, compileFrom, numerics);
  try {
    yield* runSearch(planSearch(config), opened.parts, job.progress, signal);
  } finally {
    await opened.close();
  }
}

await runInProcess((port: ComputePort) => serveJob(port, startSearch));
