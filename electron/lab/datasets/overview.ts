import type { DatasetRecord, ExperimentStore } from '../../../db/store.ts';
import type { DatasetInfo } from '../../../datasets/source.ts';
import type { DatasetOverview } from '../../ipc/dataset-browsing.ts';
import { experimentsOn } from './detail.ts';
import { histogramOf } from './histogram.ts';
import { readLabelIndex } from './label-index.ts';
import type { StoredDatasetInfo } from './registry.ts';
import { reportOf } from './reports.ts';
import type { DatasetTools } from './tools.ts';

/** What was found out about a data set before, without looking at its folder. */
export async function overviewOf(store: ExperimentStore, tools: DatasetTools, record: DatasetRecord): Promise<DatasetOverview> {
  const { name, fingerprint } = record;
  const report = reportOf(tools.cacheFolder, record);
  const histogram = await keptHistogram(tools, record);
  return {
    name,
    experiments: experimentsOn(store, { name, fingerprint }).length,
    ...(report === undefined ? {} : { checked: { level: report.level, at: report.at } }),
    ...(histogram === undefined ? {} : { histogram }),
  };
}

async function keptHistogram(tools: DatasetTools, { name, fingerprint, info }: DatasetRecord): Promise<DatasetOverview['histogram']> {
  const { splits, classes } = info as unknown as StoredDatasetInfo;
  const content = { fingerprint, classes: classes as unknown as DatasetInfo['classes'] };
  const folder = tools.folderOf({ info: content });
  for (const [split, size] of Object.entries(splits)) {
    const index = await readLabelIndex({ split, size, folder });
    if (index !== undefined) return histogramOf(name, content, split, index);
  }
  return undefined;
}
