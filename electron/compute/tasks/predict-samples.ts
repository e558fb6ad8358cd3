import { createRandom } from '../../../datasets/random.ts';
import { transformSegmentation } from '../../../datasets/transforms/segmentation.ts';
import { EngineError } from '../../../engine/error.ts';
import { predictionFile, writePrediction } from './prediction-file.ts';
import { openNetworkOnSplit } from './segmentation-network.ts';
import type { NetworkOnSplit } from './segmentation-network.ts';
import type { TaskControl } from './table.ts';

export interface PredictSamplesInput extends NetworkOnSplit {
  /** Places in the split. */
  readonly indices: readonly number[];
  readonly folder: string;
}

/** Predicts single pictures exactly as an evaluation does, and writes them where it would have. Returns how many bytes. */
export async function predictSamplesTask(
  input: PredictSamplesInput,
  { signal, progress }: TaskControl,
): Promise<{ readonly bytes: number }> {
  const { split, indices, folder } = input;
  const network = await openNetworkOnSplit(input);
  let bytes = 0;
  try {
    for (const [done, index] of indices.entries()) {
      signal.throwIfAborted();
      const sample = await network.source.read(split, index);
      if (sample.kind !== 'segmentation')
        throw new EngineError('wrong-task', `predict: samples of kind ${sample.kind} cannot be drawn yet.`);
      const { image, labelHeight, labelWidth, ...sizes } = transformSegmentation(sample, network.transform, createRandom(0));
      const classes = await network.predict({ size: 1, ...sizes, labelHeight, labelWidth, images: image });
      bytes += await writePrediction(predictionFile(folder, index), Uint8Array.from(classes), labelHeight, labelWidth);
      progress(done + 1, indices.length, 'pictures');
    }
    return { bytes };
  } finally {
    await network.close();
  }
}
