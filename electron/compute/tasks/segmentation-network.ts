import { openDataset } from '../../../datasets/catalog.ts';
import type { SegmentationBatch } from '../../../datasets/batch.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import type { SegmentationEvaluation } from '../../../datasets/transforms/segmentation.ts';
import { dispose, tensor4d, tidy } from '../../../engine/backend/tf.ts';
import { findSpace } from '../../../engine/catalog.ts';
import { EngineError } from '../../../engine/error.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import { predictClasses } from '../../../engine/tasks/segmentation.ts';
import { networkSize, pictureRules } from '../picture-rules.ts';
import { openWeights } from './open-weights.ts';

/** A network with weights and the split that it is shown. JSON. */
export interface NetworkOnSplit {
  readonly arch: Architecture;
  /** Path of a safetensors file, or 'fill'. */
  readonly weights: string;
  readonly dataset: { readonly root: string; readonly kind: string };
  readonly split: string;
  /** [height, width] that pictures are scaled to fit, aspect kept; their own size when absent. */
  readonly fit?: readonly [number, number];
}

/** Opened for one task; the caller closes it. */
export interface OpenedNetwork {
  readonly source: DatasetSource;
  readonly graph: ModelGraph;
  /** How pictures are brought to the network. */
  readonly transform: SegmentationEvaluation;
  /** Train ids [size, labelHeight, labelWidth] of a batch of pictures of one size. */
  predict(
    batch: Pick<SegmentationBatch, 'size' | 'height' | 'width' | 'picture' | 'labelHeight' | 'labelWidth' | 'images'>,
  ): Promise<ArrayLike<number>>;
  close(): Promise<void>;
}

/** Builds the network for the first picture's size; one of another size gets a graph of its own. Throws 'split-empty', 'wrong-task', 'no-weights'. */
export async function openNetworkOnSplit({ arch, weights: file, dataset, split, fit }: NetworkOnSplit): Promise<OpenedNetwork> {
  const source = await openDataset(dataset.root, dataset.kind);
  try {
    if (source.size(split) === 0) throw new EngineError('split-empty', `evaluate: the split ${split} has no samples.`);
    const first = await source.read(split, 0);
    if (first.kind !== 'segmentation') throw new EngineError('wrong-task', `evaluate: samples of kind ${first.kind} cannot be scored yet.`);
    const space = findSpace(arch.space);
    const rules = pictureRules(arch, fit);
    const graph = space.graph(arch, [...networkSize(rules, first), 3]);
    const weights = await openWeights(graph, file);
    // Pictures of one set mostly have one size.
    let latest = graph;
    const graphFor = (height: number, width: number): ModelGraph => {
      const [knownHeight, knownWidth] = latest.inputs[0]?.shape ?? [];
      if (knownHeight !== height || knownWidth !== width) latest = space.graph(arch, [height, width, 3]);
      return latest;
    };
    return {
      source,
      graph,
      transform: rules.transform,
      predict: async (batch) => {
        const current = graphFor(batch.height, batch.width);
        const [outputs] = tidy(() => {
          const x = tensor4d(batch.images, [batch.size, batch.height, batch.width, 3]);
          return run(current, weights, { [current.inputs[0]?.id ?? 'input']: x }, inferenceMode).outputs;
        });
        if (outputs === undefined) throw new EngineError('no-output', 'evaluate: the network has no output.');
        const classes = await predictClasses(outputs, batch, rules.options);
        dispose(outputs);
        return classes;
      },
      close: async () => {
        weights.dispose();
        await source.close();
      },
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}
