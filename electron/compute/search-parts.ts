import { readFile } from 'node:fs/promises';
import { readCheckpointFile, writeCheckpointFile } from '../../db/checkpoints/checkpoint-files.ts';
import { StoreError } from '../../db/store.ts';
import { openDataset } from '../../datasets/catalog.ts';
import { DatasetError } from '../../datasets/source.ts';
import type { DatasetSource } from '../../datasets/source.ts';
import type { Backend } from '../../engine/backend/backend.ts';
import type { FrozenProxyConfig, SearchConfig } from '../../engine/search/config.ts';
import type { FrozenParts, SearchParts } from '../../engine/search/parts.ts';
import { FeatureFiles } from './feature-files.ts';
import type { ComputeJob } from './protocol.ts';
import { openSearchData } from './search-data/open.ts';

/** What a search is given, and what has to be closed after it. */
export interface OpenedParts {
  readonly parts: SearchParts;
  close(): Promise<void>;
}

/**
 * Opens the data of a job; `numerics` is the fingerprint of the arithmetic. Throws DatasetError 'dataset-changed', EngineError 'invalid-config' when
 * pictures do not get the size at which they are ranked, and what opening the set or a split throws.
 */
export async function openParts(
  job: ComputeJob,
  config: SearchConfig,
  backend: Backend,
  compileFrom: number | undefined,
  numerics = '',
): Promise<OpenedParts> {
  const source = await openSource(job);
  try {
    const data = await openSearchData(source, config);
    const close = async (): Promise<void> => {
      await data.close();
      await source.close();
    };
    return {
      parts: {
        backend,
        compileFrom,
        latency: job.latency,
        ...data.parts,
        ...(data.frozen !== undefined &&
          config.proxy.id !== 'none' && { frozen: frozenParts(data.frozen, job, config.proxy, backend, numerics) }),
        initialWeights: () => readWeights(config.strategy.id === 'fixed' ? config.strategy.weights : '', 'strategy.weights'),
        ...fileAccess(job),
        yieldToEvents: () =>
          new Promise((resolve) => {
            setImmediate(resolve);
          }),
      },
      close,
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function frozenParts(
  pictures: Pick<FrozenParts, 'batch' | 'keys'>,
  { features: folder }: ComputeJob,
  { weights, cacheBytes }: FrozenProxyConfig,
  { threads, precision }: Backend,
  numerics: string,
): FrozenParts {
  return {
    ...pictures,
    weights: () => readWeights(weights, 'proxy.weights'),
    store: new FeatureFiles({ folder, maxBytes: cacheBytes, environment: JSON.stringify({ threads, precision, numerics }) }),
  };
}

async function readWeights(file: string, option: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new StoreError('weights-missing', `The weights to start from cannot be read: ${file}.`, {
      tip: `Put the file back, or fork the experiment with another ${option}.`,
      cause,
    });
  }
}

async function openSource({ dataset }: ComputeJob): Promise<DatasetSource> {
  const source = await openDataset(dataset.root, dataset.kind);
  if (source.info.fingerprint !== dataset.fingerprint) {
    await source.close();
    throw new DatasetError(
      'dataset-changed',
      `The data set at ${dataset.root} is not the one that the search began with: files were added, removed or changed in size.`,
      {
        tip: 'Put the files back and resume, or fork the search to begin again on the new files.',
      },
    );
  }
  return source;
}

/** Weight files in the experiment's folder: written before the event that names them, checked when they are read. */
function fileAccess({ folder, files }: ComputeJob): Pick<SearchParts, 'saveFile' | 'readFile'> {
  const known = new Map(files.map((written) => [written.file, written]));
  return {
    saveFile: async (name, bytes) => {
      const written = writeCheckpointFile(folder, name, bytes);
      known.set(written.file, written);
      return written;
    },
    readFile: async (file) => {
      const written = known.get(file);
      if (written === undefined)
        throw new StoreError('file-missing', `The search asked for ${file}, which no checkpoint of this experiment names.`);
      return readCheckpointFile(folder, written);
    },
  };
}
