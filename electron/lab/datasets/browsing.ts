import { join, resolve } from 'node:path';
import { checkDataset } from '../../../datasets/check.ts';
import type { CheckLevel } from '../../../datasets/check.ts';
import { jointStatistics } from '../../../datasets/joint-statistics.ts';
import { asKeypointsSource } from '../../../datasets/keypoints-source.ts';
import { findingsCsv } from '../../../datasets/findings-csv.ts';
import { StoreError } from '../../../db/store.ts';
import type { CheckReport, DatasetBrowsingApi } from '../../ipc/dataset-browsing.ts';
import type { LabContext } from '../context.ts';
import { iousOf } from '../evaluation/pictures.ts';
import { withPredictedPersons } from '../evaluation/predicted-persons.ts';
import { exportsFolderOf } from '../workspace.ts';
import { describeDataset, withHealth } from './detail.ts';
import { overviewOf } from './overview.ts';
import { histogramOf } from './histogram.ts';
import { recogniseFolder } from './recognise.ts';
import { keepReport, reportOf } from './reports.ts';
import { describeSample, querySamples } from './samples.ts';
import { datasetTools } from './tools.ts';
import type { DatasetTools } from './tools.ts';
import { writeWholeFile } from './whole-file.ts';

const defaultLevel = 3;

/** Looking into data sets. */
export function createDatasetBrowsingApi(context: LabContext): DatasetBrowsingApi {
  const { reading, change } = context;
  const tools = datasetTools(context);
  return {
    recogniseDataset: async (root) => recogniseFolder(root, activeDatasets(context)),
    checkDataset: (request) => check(context, tools, request),
    datasetOverviews: () => Promise.all(activeDatasets(context).map((record) => overviewOf(reading(), tools, record))),
    datasetDetail: async (name) => describeDataset(reading(), tools, name),
    exportFindings: ({ dataset, file }) => exportFindings(context, tools, dataset, file),
    archivedDatasets: async () =>
      reading()
        .datasets()
        .filter(({ archivedAt }) => archivedAt !== undefined)
        .sort((a, b) => ((a.archivedAt ?? '') < (b.archivedAt ?? '') ? 1 : -1))
        .map((record) => withHealth(tools.cacheFolder, record)),
    archiveDataset: (name, isArchived) =>
      change('archiveDataset', [name, isArchived], async (store) => {
        store.archiveDataset(name, isArchived);
        return withHealth(tools.cacheFolder, tools.record(name));
      }),
    classHistogram: async ({ dataset, split }) => {
      const source = await tools.open(dataset);
      return histogramOf(dataset, source.info, split, await tools.labelIndex(dataset, source, split));
    },
    jointStatistics: async ({ dataset, split }) => jointStatistics(asKeypointsSource(await tools.open(dataset)), split),
    samples: async (query) =>
      querySamples(tools, query, query.evaluation === undefined ? undefined : await iousOf(context, query.evaluation)),
    sample: async ({ evaluations = [], ...ref }) =>
      withPredictedPersons(context, tools, await describeSample(tools, ref), ref, evaluations),
  };
}

function activeDatasets({ reading }: LabContext) {
  return reading()
    .datasets()
    .filter(({ archivedAt }) => archivedAt === undefined);
}

async function check(
  { jobs }: LabContext,
  tools: DatasetTools,
  request: { readonly root?: string; readonly name?: string; readonly level?: CheckLevel },
): Promise<CheckReport> {
  const { name, level = defaultLevel } = request;
  const root = name === undefined ? resolve(request.root ?? '') : tools.record(name).root;
  const title = name === undefined ? `Health of ${root}` : `Health of ${name}`;
  const result = await jobs.run({ kind: 'check-dataset', title }, ({ signal, progress }) =>
    checkDataset(root, { level, signal, onProgress: ({ phase, done, total }) => progress(done, total, phase) }),
  );
  const report = { ...result, at: new Date().toISOString() };
  if (name !== undefined) {
    await keepReport(tools.cacheFolder, report);
    // What it saw may have changed since the folder was opened.
    tools.opened.forget(name);
  }
  return report;
}

async function exportFindings({ layout }: LabContext, tools: DatasetTools, dataset: string, given: string | undefined) {
  const report = reportOf(tools.cacheFolder, tools.record(dataset));
  if (report === undefined) {
    throw new StoreError('not-checked', `The findings of '${dataset}' are not known here.`, { tip: 'Examine the data set first.' });
  }
  const file = given === undefined ? join(exportsFolderOf(layout.root), `${dataset}-findings.csv`) : resolve(given);
  const csv = findingsCsv(report.findings);
  await writeWholeFile(file, csv);
  return { file, bytes: Buffer.byteLength(csv) };
}
