import { randomBytes } from 'node:crypto';
import packageJson from '../../package.json' with { type: 'json' };
import { unknownExperiment } from '../../db/errors.ts';
import { StoreError } from '../../db/store.ts';
import type { DatasetRecord, ExperimentRecord, ExperimentStore, Json } from '../../db/store.ts';
import { checkBackendOptions, describeBackend, listBackends } from '../../engine/backend/descriptions.ts';
import { findSpace } from '../../engine/catalog.ts';
import { estimate } from '../../engine/cost/estimate.ts';
import type { LatencyModel } from '../../engine/cost/latency-model.ts';
import { EngineError } from '../../engine/error.ts';
import { parseSearchConfig } from '../../engine/search/config.ts';
import type { SearchConfig } from '../../engine/search/config.ts';
import { rankingSize } from '../../engine/search/network.ts';
import { planSearch } from '../../engine/search/plan.ts';
import { checkClasses, checkMemory } from '../../engine/search/start-checks.ts';
import type { DatasetView, ExperimentEnvironment, StartSearchRequest } from '../ipc/contract.ts';
import type { LabSettings } from '../ipc/settings.ts';

/** Stands where no backend was named, until the compute process has measured and chosen one. */
export const backendNotChosen = 'auto';

/** A request that names no backend takes the one of the settings, if there is one. */
export function withUsualDevice(request: StartSearchRequest, { backend, threads }: LabSettings['compute']): StartSearchRequest {
  if (request.backend !== undefined || backend === undefined) return request;
  return { ...request, backend, ...(request.threads === undefined && threads !== undefined ? { threads } : {}) };
}

/** The configuration of a request, complete and checked, with its data set and seed inside. Throws EngineError 'invalid-config'. */
export function configOf({ config, dataset, seed }: StartSearchRequest): SearchConfig {
  const parsed = parseSearchConfig(config);
  return parseSearchConfig({ ...parsed, seed: seed ?? parsed.seed, data: { ...parsed.data, dataset } });
}

/**
 * Refuses, before anything is created: a backend that does not exist or cannot be used here, options that it does not have, a batch for which it
 * has no room, and a data set with other classes than the network's. Throws EngineError.
 */
export function checkStart(
  config: SearchConfig,
  { backend, threads }: Pick<StartSearchRequest, 'backend' | 'threads'>,
  dataset: DatasetView,
): void {
  const candidates =
    backend === undefined
      ? listBackends().filter(({ isAvailable, isReferenceOnly }) => isAvailable && !isReferenceOnly)
      : [describeBackend(backend)];
  for (const candidate of candidates) {
    const { id, isAvailable, reason } = candidate;
    checkBackendOptions(id, threads === undefined ? {} : { threads });
    if (!isAvailable)
      throw new EngineError('backend-not-available', `Backend '${id}' cannot be used here. ${reason ?? ''}`.trim(), {
        tip: 'lab backend ls shows which can.',
      });
    checkMemory(config, candidate);
  }
  checkClasses(config, { name: dataset.name, task: dataset.task, classes: dataset.classes.length });
}

/** What is chosen once, as far as it is known before the compute process has started. */
export function environmentFor(
  config: SearchConfig,
  dataset: DatasetRecord,
  request: StartSearchRequest,
  latency?: LatencyModel,
): ExperimentEnvironment {
  const { phases, totalSteps } = planSearch(config);
  return {
    appVersion: packageJson.version,
    nodeVersion: process.version,
    platform: `${process.platform}-${process.arch}`,
    backend: request.backend ?? backendNotChosen,
    ...(request.threads !== undefined && { threads: request.threads }),
    dataset: datasetOf(dataset),
    ...(request.retrains !== undefined && { retrains: request.retrains }),
    ...(request.repeats !== undefined && { repeats: request.repeats }),
    reference: referenceOf(config),
    ...(latency !== undefined && { latency }),
    plan: { phases: phases.map(({ name, steps }) => ({ name, steps })), totalSteps },
  };
}

export function datasetOf({ name, kind, root, fingerprint }: DatasetRecord): ExperimentEnvironment['dataset'] {
  return { name, kind, root, fingerprint };
}

/** Reference point of the hypervolume: the MACs of the largest network at the size of the evaluation, and a metric of nothing. */
function referenceOf(config: SearchConfig): { readonly macs: number; readonly metric: number } {
  const { system, space: settings } = config;
  const space = findSpace(system);
  return { macs: estimate(space.graph(space.largest(settings), [...rankingSize(config), 3])).macs, metric: 0 };
}

/** Short, readable and free: 'hrnas-7f3a2c'. */
export function newId(store: ExperimentStore, system: string): string {
  const prefix = system.replaceAll('-', '');
  for (let attempt = 0; attempt < 100; attempt++) {
    const id = `${prefix}-${randomBytes(3).toString('hex')}`;
    if (store.experiment(id) === undefined) return id;
  }
  throw new StoreError('no-free-id', 'No free id was found in 100 attempts.');
}

/** The experiment of a full or shortened id. StoreError 'unknown-experiment' or 'ambiguous-id'. */
export function findExperiment(store: ExperimentStore, id: string): ExperimentRecord {
  const exact = store.experiment(id);
  if (exact !== undefined) return exact;
  const matching = id === '' ? [] : store.experiments().filter((record) => record.id.startsWith(id));
  if (matching.length > 1) {
    throw new StoreError('ambiguous-id', `'${id}' is the beginning of ${matching.map((record) => record.id).join(', ')}.`, {
      tip: 'Give more of the id.',
    });
  }
  if (matching[0] === undefined) throw unknownExperiment(id);
  return matching[0];
}

/** As the store keeps it. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
