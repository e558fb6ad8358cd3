import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { findSpace } from '../../../engine/catalog.ts';
import { EngineError } from '../../../engine/error.ts';
import { StoreError } from '../../../db/store.ts';
import type { EvaluationRecord, ExperimentStore, Json } from '../../../db/store.ts';
import { datasetKind } from '../../../datasets/catalog.ts';
import type { DatasetInfo } from '../../../datasets/source.ts';
import type {
  ConfusionQuery,
  EvaluateRequest,
  EvaluationDetail,
  EvaluationResult,
  EvaluationsApi,
  EvaluationView,
  NewEvaluation,
} from '../../ipc/evaluations.ts';
import type { SamplePage } from '../../ipc/dataset-browsing.ts';
import { publishedPoseSettings } from '../../compute/tasks/pose-settings.ts';
import type { LabContext } from '../context.ts';
import { deviceChoice } from '../device-choice.ts';
import { checkClass, tileOf } from '../datasets/samples.ts';
import { datasetTools } from '../datasets/tools.ts';
import { needEvaluation, picturesFile, readPictures, removePictures, writePictures } from './pictures.ts';
import { predictionBytes, predictionFolder } from './predictions.ts';
import { removeResults, resultsFile, writeResults } from './results.ts';
import { resultOf } from './result.ts';
import { resolveSubject, taskOfArchitecture } from './subject.ts';
import type { ResolvedSubject } from './subject.ts';

const defaultSplit = 'val';
const defaultLimit = 60;

/** Networks judged on a split. */
export function createEvaluationsApi(context: LabContext): EvaluationsApi {
  const { reading, change } = context;
  return {
    evaluate: (request) => evaluate(context, request),
    evaluations: async ({ dataset, experiment } = {}) =>
      reading()
        .evaluations(dataset)
        .map(viewOf)
        .filter(({ subject }) => experiment === undefined || (subject.kind === 'trial' && subject.experiment === experiment)),
    evaluation: async (id) => detailOf(context, needEvaluation(context, id)),
    confusionSamples: (query) => confusionSamples(context, query),
    keepEvaluation: (record) => change('keepEvaluation', [record], async (store) => keep(store, record)),
    removeEvaluation: (id) =>
      change('removeEvaluation', [id], async (store) => {
        store.removeEvaluation(id);
        await removeFiles(context, id);
      }),
  };
}

async function evaluate(context: LabContext, request: EvaluateRequest): Promise<EvaluationDetail> {
  const { dataset, split = defaultSplit } = request;
  const resolved = resolveSubject(context, request.subject);
  const record = datasetTools(context).record(dataset);
  const { info } = await datasetTools(context).open(dataset);
  checkTask(resolved, info);
  const id = `ev-${randomUUID().replaceAll('-', '').slice(0, 10)}`;
  const fit = request.fit ?? resolved.fit;
  const isKept = request.keep !== false;
  const output = await context.jobs.run({ kind: 'evaluate', title: `${resolved.label} on ${split} of ${dataset}` }, (control) =>
    context.runTask(
      'evaluate',
      {
        arch: resolved.arch,
        weights: resolved.weights,
        dataset: { root: record.root, kind: record.kind },
        split,
        ...(fit === undefined ? {} : { fit }),
        ...(info.task === 'keypoints' ? poseOptions(resolved, fit, request.boxes) : {}),
        ...(isKept ? { predictions: { folder: predictionFolder(context, id), maxBytes: predictionBytes } } : {}),
      },
      control,
      deviceChoice(request),
    ),
  );
  const made: NewEvaluation = {
    id,
    dataset,
    fingerprint: info.fingerprint,
    split,
    subject: resolved.subject,
    result: resultOf(resolved, info, split, output),
  };
  const unkept: EvaluationDetail = {
    ...viewOf({ ...asRecord(made), createdAt: new Date().toISOString() }),
    ...made.result,
    hasPictures: false,
  };
  if (!isKept) return unkept;
  try {
    await writePictures(context.layout, id, output.pictures);
    if (output.kind === 'keypoints') await writeResults(context.layout, id, output.results);
    return { ...unkept, ...(await context.api().keepEvaluation(made)), hasPictures: true, ...resultsOf(context, id) };
  } catch (error) {
    // It took long, and it is right: who asked still gets it.
    if (!(error instanceof StoreError)) throw error;
    await removeFiles(context, id).catch(() => undefined);
    const { code, message, tip } = error;
    return { ...unkept, notKept: { code, message, ...(tip === undefined ? {} : { tip }) } };
  }
}

/** A person's crop is as large as asked for, else as the network was made for. */
function poseOptions({ arch, pose }: ResolvedSubject, fit: readonly [number, number] | undefined, boxes: string | undefined) {
  const [height, width] = fit ?? findSpace(arch.space).defaultInput(arch.settings);
  const inputSize = [height as number, width as number] as const;
  return { pose: { ...publishedPoseSettings, ...pose, inputSize }, ...(boxes === undefined ? {} : { boxes }) };
}

function checkTask({ arch, label }: ResolvedSubject, info: DatasetInfo): void {
  const known = datasetKind(info.kind).joints?.length ?? info.classes.length;
  const { task = 'segmentation', classes = known } = taskOfArchitecture(arch);
  if (task === info.task && classes === known) return;
  const words = (name: string, count: number): string => `${name} with ${count} ${name === 'keypoints' ? 'joints' : 'classes'}`;
  throw new EngineError(
    'wrong-task',
    `evaluate: ${label} is for ${words(task, classes)}, the data set ${info.kind} for ${words(info.task, known)}.`,
  );
}

function asRecord({ subject, result, ...rest }: NewEvaluation): Omit<EvaluationRecord, 'createdAt'> {
  return { ...rest, subject: subject as unknown as Json, result: result as unknown as Json };
}

function keep(store: ExperimentStore, record: NewEvaluation): EvaluationView {
  store.addEvaluation(asRecord(record));
  return viewOf(store.evaluation(record.id) as EvaluationRecord);
}

/** Records were written from these very types. */
function viewOf({ result, subject, ...record }: EvaluationRecord): EvaluationView {
  const { classes, confusion, ...shown } = result as unknown as EvaluationResult;
  return { ...record, subject: subject as unknown as EvaluationView['subject'], ...shown };
}

function detailOf(context: LabContext, record: EvaluationRecord): EvaluationDetail {
  const { classes, confusion } = record.result as unknown as EvaluationResult;
  const hasPictures = existsSync(picturesFile(context.layout, record.id));
  return { ...viewOf(record), classes, confusion, hasPictures, ...resultsOf(context, record.id) };
}

function resultsOf({ layout }: LabContext, id: string): Pick<EvaluationDetail, 'resultsFile'> {
  const file = resultsFile(layout, id);
  return existsSync(file) ? { resultsFile: file } : {};
}

async function removeFiles({ layout }: LabContext, id: string): Promise<void> {
  await removePictures(layout, id);
  await removeResults(layout, id);
}

async function confusionSamples(context: LabContext, query: ConfusionQuery): Promise<SamplePage> {
  const { truth, predicted, offset = 0, limit = defaultLimit } = query;
  const { id, dataset, split, result } = needEvaluation(context, query.evaluation);
  if ((result as unknown as EvaluationResult).keypoints !== undefined) {
    throw new EngineError('wrong-task', `Evaluation ${id} is of key points; which class was taken for which is asked of segmentations.`);
  }
  const classCount = (result as unknown as EvaluationResult).classes.length;
  const source = await datasetTools(context).open(dataset);
  checkClass(source, truth);
  checkClass(source, predicted);
  const indexOf = new Map(Array.from({ length: source.size(split) }, (_, index) => [source.key(split, index), index]));
  const pictures = (await readPictures(context.layout, id)).filter((picture) => 'cells' in picture);
  const ious = new Map(pictures.map(({ key, iou }) => [key, iou]));
  const cell = truth * classCount + predicted;
  const found = pictures
    .flatMap(({ key, cells }) => {
      const pixels = pixelsOf(cells, cell);
      const index = indexOf.get(key);
      return pixels > 0 && index !== undefined ? [{ index, pixels }] : [];
    })
    .sort((a, b) => b.pixels - a.pixels || a.index - b.index);
  return {
    total: found.length,
    samples: await Promise.all(
      found
        .slice(offset, offset + limit)
        .map(async ({ index, pixels }) => ({ ...(await tileOf(source, { dataset, split, index }, ious)), pixels })),
    ),
  };
}

function pixelsOf(cells: readonly number[], cell: number): number {
  for (let i = 0; i < cells.length; i += 2) if (cells[i] === cell) return cells[i + 1] as number;
  return 0;
}
