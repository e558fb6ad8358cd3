import { createLoader } from '../../../datasets/loader.ts';
import { sampleEvenly } from '../../../datasets/sample-evenly.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import { EngineError } from '../../../engine/error.ts';
import { ConfusionMatrix } from '../../../engine/metrics/segmentation-confusion.ts';
import { ignoredLabel, segmentationDetails } from '../../../engine/tasks/segmentation.ts';
import type { SegmentationDetails } from '../../../engine/tasks/segmentation.ts';
import { predictionFile, writePrediction } from './prediction-file.ts';
import { openNetworkOnSplit } from './segmentation-network.ts';
import type { NetworkOnSplit } from './segmentation-network.ts';
import type { TaskControl } from './table.ts';

export interface SegmentationEvaluateInput extends NetworkOnSplit {
  /** Where the label pictures of predictions go, by the place in the split, and how much of the disk they may take. */
  readonly predictions?: { readonly folder: string; readonly maxBytes: number };
}

/** What was seen in one picture. */
export interface SegmentationPictureScore {
  readonly key: string;
  /** Mean IoU of this picture alone; null where it has no labelled pixel. */
  readonly iou: number | null;
  /** Cells of its confusion matrix that are not 0, one after the other: truth * classes + predicted, pixels. */
  readonly cells: readonly number[];
}

export interface SegmentationEvaluateOutput extends SegmentationDetails {
  readonly kind: 'segmentation';
  readonly meanIou: number | null;
  readonly confusion: readonly number[];
  readonly pictures: readonly SegmentationPictureScore[];
  /** Of the network: [height, width, channels]. */
  readonly input: readonly number[];
  readonly backend: string;
  readonly seconds: number;
}

const lookedAt = 4;

/**
 * The official mean IoU (nan-skip: classes that occur nowhere are left out) over a whole split, one picture after the other. Predictions are
 * scored at the size of the labels. Throws 'split-unlabelled' before anything is computed, and what reading and loading throw.
 */
export async function evaluateSegmentation(
  input: SegmentationEvaluateInput,
  { backend, signal, progress }: TaskControl,
): Promise<SegmentationEvaluateOutput> {
  const { split, predictions } = input;
  const network = await openNetworkOnSplit(input);
  const { source, graph, transform } = network;
  const loader = createLoader({ source, split, batchSize: 1, seed: 0, transform, order: 'sequential', workers: 1 });
  const classes = source.info.classes.length;
  const total = new ConfusionMatrix(classes);
  const pictures: SegmentationPictureScore[] = [];
  const began = performance.now();
  let bytesLeft = predictions?.maxBytes ?? 0;
  try {
    await checkIsLabelled(source, split);
    for (let step = 0; step < loader.batchesPerEpoch; step++) {
      signal.throwIfAborted();
      const batch = await loader.batch(step);
      const predicted = Uint8Array.from(await network.predict(batch));
      const own = new ConfusionMatrix(classes);
      own.add(batch.labels, predicted, ignoredLabel);
      total.merge(own);
      pictures.push(pictureScore(batch.keys[0] ?? '', own));
      if (predictions !== undefined && bytesLeft > 0) {
        bytesLeft -= await writePrediction(predictionFile(predictions.folder, step), predicted, batch.labelHeight, batch.labelWidth);
      }
      progress(step + 1, loader.batchesPerEpoch, 'pictures');
    }
  } finally {
    await loader.close();
    await network.close();
  }
  const details = segmentationDetails(total);
  if (details.classIou.every((value) => value === null)) throw unlabelled(`the split ${split}`);
  const { meanIoU } = total.scores('nan-skip');
  return {
    kind: 'segmentation',
    ...details,
    meanIou: Number.isNaN(meanIoU) ? null : meanIoU,
    confusion: [...total.counts],
    pictures,
    input: graph.inputs[0]?.shape ?? [],
    backend: backend.id,
    seconds: (performance.now() - began) / 1000,
  };
}

function pictureScore(key: string, confusion: ConfusionMatrix): SegmentationPictureScore {
  const cells: number[] = [];
  confusion.counts.forEach((count, cell) => {
    if (count > 0) cells.push(cell, count);
  });
  const { meanIoU } = confusion.scores('nan-skip');
  return { key, iou: Number.isNaN(meanIoU) ? null : meanIoU, cells };
}

/** Looks at a few samples, so that a split without labels is refused before anything is computed. */
async function checkIsLabelled(source: DatasetSource, split: string): Promise<void> {
  const size = source.size(split);
  const places = sampleEvenly(
    Array.from({ length: size }, (_, i) => i),
    lookedAt,
  );
  for (const place of places) {
    const sample = await source.read(split, place);
    if (sample.kind !== 'segmentation' || sample.labels.some((label) => label !== ignoredLabel)) return;
  }
  throw unlabelled(`the split ${split} (${places.length} of its ${size} pictures were looked at)`);
}

/** A score over no pixel at all would be a table of dashes. */
function unlabelled(looked: string): EngineError {
  return new EngineError('split-unlabelled', `evaluate: ${looked} has no pixel with a class that is scored.`, {
    tip: 'Labels of the test split are withheld; score val, or hand predictions in to the server of the data set.',
  });
}
