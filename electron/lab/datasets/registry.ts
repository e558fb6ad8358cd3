import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { unknownDataset } from '../../../db/errors.ts';
import { StoreError } from '../../../db/store.ts';
import type { DatasetRecord, ExperimentStore, Json } from '../../../db/store.ts';
import { openDataset } from '../../../datasets/catalog.ts';
import { checkDataset } from '../../../datasets/check.ts';
import type { CheckResult } from '../../../datasets/check.ts';
import { DatasetError } from '../../../datasets/source.ts';
import type { DatasetInfo } from '../../../datasets/source.ts';
import type { DatasetView } from '../../ipc/contract.ts';
import { shellWord } from '../cli/format.ts';

/** What the store keeps of a data set beside its folder. */
export interface StoredDatasetInfo extends Pick<DatasetView, 'task' | 'splits' | 'classes' | 'isSynthetic'> {
  /** Older records say less. */
  readonly health?: Pick<CheckResult, 'status' | 'findings'> & Partial<Pick<CheckResult, 'passed' | 'notFound'>>;
}

export interface RegisterRequest {
  readonly root: string;
  readonly name?: string;
  /** Also with errors that the names and sizes of its files show. */
  readonly anyway?: boolean;
}

/**
 * Registers the folder under `name`, or under its kind with a number. Errors of the reader, 'dataset-exists', 'bad-name',
 * 'dataset-has-errors' unless `anyway`.
 */
export async function registerDataset(store: ExperimentStore, request: RegisterRequest): Promise<DatasetRecord> {
  const info = await readInfo(request.root);
  const health = await checkDataset(info.root, { level: 1 });
  if (request.anyway !== true) refuseErrors(health);
  const name = request.name ?? freeName(store, info.kind);
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,63}$/u.test(name)) {
    throw new StoreError(
      'bad-name',
      `A data set's name must have 1 to 64 letters, digits, spaces, dots, dashes or underscores and begin with a letter or digit; got '${name}'.`,
    );
  }
  const putAway = store.dataset(name);
  // A new one may have the name of one that was put away.
  if (putAway?.archivedAt !== undefined) store.removeDataset(name);
  const { kind, root, fingerprint, task, splits, classes, isSynthetic } = info;
  const { status, findings, passed, notFound } = health;
  const stored: StoredDatasetInfo = { task, splits, classes, isSynthetic, health: { status, findings, passed, notFound } };
  store.addDataset({ name, kind, root, fingerprint, info: stored as unknown as Json });
  return needDataset(store, name);
}

function refuseErrors({ root, findings }: CheckResult): void {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more =
    errors.length === 1
      ? ''
      : ` And ${errors.length - 1} more: ${errors
          .slice(1)
          .map(({ code }) => code)
          .join(', ')}.`;
  throw new DatasetError('dataset-has-errors', `Registering ${root}: it has errors. ${first.message}${more}`, {
    tip: `${first.tip} All findings: lab data check ${shellWord(root)}; to register it as it is: lab data add ${shellWord(root)} --anyway`,
  });
}

/** The same content at another place. Errors: 'unknown-dataset', 'dataset-differs' and those of the reader. */
export async function relocateDataset(store: ExperimentStore, name: string, folder: string): Promise<DatasetRecord> {
  const record = needDataset(store, name);
  const info = await readInfo(folder);
  if (info.kind !== record.kind || info.fingerprint !== record.fingerprint) {
    throw new StoreError(
      'dataset-differs',
      `${info.root} is not the data set '${name}': its files or their sizes differ from those that were registered.`,
      {
        tip: 'Register it as a data set of its own: lab data add DIR --name NAME',
      },
    );
  }
  store.relocateDataset(name, info.root, info.fingerprint);
  return needDataset(store, name);
}

export function needDataset(store: ExperimentStore, name: string): DatasetRecord {
  const record = store.dataset(name);
  if (record === undefined) throw unknownDataset(name);
  return record;
}

/** Throws DatasetError 'dataset-missing' when a registered folder is not there at the moment. */
export function checkAvailable({ name, root }: { readonly name: string; readonly root: string }): void {
  if (existsSync(root)) return;
  throw new DatasetError('dataset-missing', `The folder of the data set '${name}' is missing: ${root}.`, {
    tip: `Connect the disk, or say where it went: lab data relocate ${shellWord(name)} DIR`,
  });
}

async function readInfo(folder: string): Promise<DatasetInfo> {
  const root = resolve(folder);
  if (!existsSync(root)) throw new DatasetError('root-not-found', `There is no folder ${root}.`, { tip: 'Check the path.' });
  // The folder itself: a link may lead elsewhere later.
  const source = await openDataset(realpathSync(root));
  try {
    return source.info;
  } finally {
    await source.close();
  }
}

function freeName(store: ExperimentStore, kind: string): string {
  const taken = new Set(store.datasets().map(({ name }) => name));
  let name = kind;
  for (let number = 2; taken.has(name); number++) name = `${kind}-${number}`;
  return name;
}
