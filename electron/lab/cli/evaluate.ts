import { fitSize } from '../../../datasets/transforms/resample.ts';
import { cityscapesEvaluation } from '../../../datasets/transforms/segmentation.ts';
import { openDataset } from '../../../datasets/catalog.ts';
import { createLoader } from '../../../datasets/loader.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import { dispose, tidy } from '../../../engine/backend/tf.ts';
import { percent } from '../../../engine/export/quantity.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import { segmentationTask } from '../../../engine/tasks/segmentation.ts';
import { resolveArchitecture, taskOf } from './architecture-argument.ts';
import type { ResolvedArchitecture } from './architecture-argument.ts';
import { CliError } from './failure.ts';
import { loadNetwork } from './network.ts';
import type { LoadedNetwork } from './network.ts';
import type { CommandResult, Session } from './session.ts';
import { splitUnlabelled } from './split-unlabelled.ts';
import { table } from './table.ts';

/** Train id of pixels that are not scored. */
const IGNORED = 255;

export interface EvaluateOptions {
  readonly weights?: string;
  readonly data: string;
  readonly split?: string;
  readonly input?: readonly [number, number];
}

/**
 * The metric of a data set over a whole split. Pictures are scaled to fit `--input` (a trial's own size by default, else as they are);
 * predictions are scored at the size of the labels.
 */
export async function evaluate(session: Session, archText: string, options: EvaluateOptions): Promise<CommandResult> {
  const resolved = await resolveArchitecture(session, archText);
  const dataset = await (await session.lab()).dataset(options.data);
  const split = options.split ?? 'val';
  const source = await openDataset(dataset.root, dataset.kind);
  try {
    checkTask(resolved, source);
    await checkIsLabelled(source, split);
    const { network, fit } = await openNetworkFor(session, resolved, options, source, split);
    const began = performance.now();
    const { metrics, details, count } = await score(session, network, fit, source, split);
    const seconds = (performance.now() - began) / 1000;
    const classIou = details.classIou as readonly (number | null)[];
    if (classIou.every((value) => value === null)) throw splitUnlabelled('evaluate', `the split ${split}`);
    const rows = source.info.classes.map((entry) => [entry.name, percent(classIou[entry.id])]);
    const words = metrics.map((metric) => `${metric.name} ${percent(metric.value)} on ${count} pictures of ${split}`);
    return {
      document: {
        metrics: metrics.map((metric) => ({ ...metric, split })),
        details,
        split,
        count,
        input: network.graph.inputs[0]?.shape,
        backend: network.backend.id,
        seconds,
      },
      text: `${table([{ title: 'class' }, { title: 'IoU', align: 'right' }], rows)}\n\n${words.join('\n')}`,
    };
  } finally {
    await source.close();
  }
}

function checkTask(resolved: ResolvedArchitecture, source: DatasetSource): void {
  const { task = 'segmentation', classes = source.info.classes.length } = taskOf(resolved);
  if (task !== source.info.task || classes !== source.info.classes.length) {
    throw new CliError(
      'wrong-task',
      `evaluate: the network is for ${String(task)} with ${String(classes)} classes, the data set ${source.info.kind} for ${source.info.task} with ${source.info.classes.length}.`,
    );
  }
}

const LOOKED_AT = 4;

/** Looks at a few samples, so that a split without labels is refused before anything is computed. */
async function checkIsLabelled(source: DatasetSource, split: string): Promise<void> {
  const size = source.size(split);
  if (size === 0) throw new CliError('split-empty', `evaluate: the split ${split} has no samples.`);
  const count = Math.min(LOOKED_AT, size);
  for (let i = 0; i < count; i++) {
    const sample = await source.read(split, Math.floor((i * size) / count));
    if (sample.kind !== 'segmentation' || sample.labels.some((label) => label !== IGNORED)) return;
  }
  throw splitUnlabelled('evaluate', `the split ${split} (${count} of its ${size} pictures were looked at)`);
}

interface FittedNetwork {
  readonly network: LoadedNetwork;
  /** [height, width] that pictures are scaled to fit. */
  readonly fit: readonly [number, number];
}

async function openNetworkFor(
  session: Session,
  resolved: ResolvedArchitecture,
  options: EvaluateOptions,
  source: DatasetSource,
  split: string,
): Promise<FittedNetwork> {
  const first = await source.read(split, 0);
  if (first.kind !== 'segmentation') throw new CliError('wrong-task', `evaluate: samples of kind ${first.kind} cannot be scored yet.`);
  const [fitHeight, fitWidth] = options.input ?? resolved.trial?.cost?.input ?? [first.height, first.width];
  // What the loader makes of a picture: its sides keep their proportion.
  const { height, width } = fitSize(first.height, first.width, fitHeight ?? first.height, fitWidth ?? first.width);
  return {
    network: await loadNetwork(session, resolved, options.weights, [height, width, 3]),
    fit: [fitHeight ?? height, fitWidth ?? width],
  };
}

interface Score {
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly count: number;
}

async function score(
  session: Session,
  { graph, weights }: LoadedNetwork,
  fit: FittedNetwork['fit'],
  source: DatasetSource,
  split: string,
): Promise<Score> {
  const transform = { ...cityscapesEvaluation, size: fit };
  const loader = createLoader({ source, split, batchSize: 1, seed: 0, transform, order: 'sequential', workers: 1 });
  const task = segmentationTask({ classes: source.info.classes.length });
  const evaluator = task.evaluator();
  try {
    for (let step = 0; step < loader.batchesPerEpoch; step++) {
      const batch = await loader.batch(step);
      const { inputs, targets } = task.collate(batch);
      const [outputs] = tidy(() => run(graph, weights, { [graph.inputs[0]?.id ?? 'input']: inputs }, inferenceMode).outputs);
      if (outputs !== undefined) await evaluator.add(outputs, batch);
      dispose([inputs, targets, ...(outputs === undefined ? [] : [outputs])]);
      if ((step + 1) % 50 === 0) session.output.notice(`${step + 1} of ${loader.batchesPerEpoch} pictures`);
    }
    return { metrics: evaluator.metrics(), details: evaluator.details(), count: loader.size };
  } finally {
    await loader.close();
    weights.dispose();
  }
}
