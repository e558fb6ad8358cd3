import { datasetKind } from '../../../datasets/catalog.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import type { DatasetRecord, ExperimentStore } from '../../../db/store.ts';
import type { DatasetDetail, SplitFacts } from '../../ipc/dataset-browsing.ts';
import { datasetView, environmentOf } from '../views.ts';
import { problemOf } from './label-index.ts';
import { reportOf } from './reports.ts';
import type { StoredDatasetInfo } from './registry.ts';
import type { DatasetTools } from './tools.ts';

/** What is known of one data set; a folder that cannot be read now is told as its problem. */
export async function describeDataset(store: ExperimentStore, tools: DatasetTools, name: string): Promise<DatasetDetail> {
  const record = tools.record(name);
  const opened = await openNow(tools, record);
  const report = reportOf(tools.cacheFolder, record);
  return {
    dataset: withHealth(tools.cacheFolder, record),
    report,
    experiments: experimentsOn(store, record),
    splits: await splitsOf(tools, record, opened.source),
    ...(opened.source === undefined
      ? { problem: opened.problem }
      : { contentNow: opened.source.info.fingerprint, isChanged: opened.source.info.fingerprint !== record.fingerprint }),
  };
}

/** As every face shows it: with the health of the newest check. */
export function withHealth(cacheFolder: string, record: DatasetRecord): DatasetDetail['dataset'] {
  const report = reportOf(cacheFolder, record);
  const view = datasetView(record);
  return report === undefined ? view : { ...view, health: { status: report.status, findings: report.findings } };
}

async function openNow(
  tools: DatasetTools,
  { name }: DatasetRecord,
): Promise<{ readonly source: DatasetSource } | { readonly source: undefined; readonly problem: ReturnType<typeof problemOf> }> {
  try {
    return { source: await tools.open(name) };
  } catch (error) {
    return { source: undefined, problem: problemOf(error) };
  }
}

async function splitsOf(tools: DatasetTools, record: DatasetRecord, source: DatasetSource | undefined): Promise<readonly SplitFacts[]> {
  const splits = source?.info.splits ?? (record.info as unknown as StoredDatasetInfo).splits;
  const purposes = datasetKind(record.kind).splitPurposes;
  return Promise.all(
    Object.entries(splits).map(async ([name, samples]) => ({
      name,
      samples,
      purpose: purposes[name] ?? '',
      isCounted: source !== undefined && (await tools.keptLabelIndex(source, name)) !== undefined,
    })),
  );
}

export function experimentsOn(
  store: ExperimentStore,
  { name, fingerprint }: Pick<DatasetRecord, 'name' | 'fingerprint'>,
): DatasetDetail['experiments'] {
  return store.experiments().flatMap((experiment) => {
    const { dataset } = environmentOf(experiment);
    if (dataset.name !== name && dataset.fingerprint !== fingerprint) return [];
    const { id, state } = experiment;
    return [{ id, name: experiment.name, state, isSameContent: dataset.fingerprint === fingerprint }];
  });
}
