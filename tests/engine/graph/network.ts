import { estimate } from '../../../engine/cost/estimate.ts';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import * as layers from '../../../engine/graph/layers.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import { outlineOf } from '../../../engine/graph/outline.ts';
import type { Outline } from '../../../engine/graph/outline.ts';

export interface BlockOptions {
  readonly name: string;
  readonly channels: number;
  readonly kernel: number;
  /** A second path of this kernel, summed with the first. */
  readonly side?: number;
}

/** stem (3 → 4 channels), then blocks in scope 'stage0', on an input [8, 10, 3]. */
export function smallNetwork(blocks: readonly BlockOptions[]): ModelGraph {
  const builder = new GraphBuilder();
  const image = builder.input('image', [8, 10, 3]);
  let x = builder.scoped('stem', () => layers.conv(builder, image, { name: 'stem', channels: 4, kernel: 3, stride: 2 }));
  builder.scoped('stage0', () => {
    for (const { name, channels, kernel, side } of blocks) {
      x = builder.scoped(name, () => {
        const main = layers.conv(builder, x, { name: `${name}.main`, channels, kernel });
        if (side === undefined) return main;
        const other = builder.scoped(`k${side}`, () => layers.conv(builder, x, { name: `${name}.side`, channels, kernel: side }));
        return layers.add(builder, [main, other]);
      });
    }
  });
  return builder.build([x]);
}

export function outlined(graph: ModelGraph): Outline {
  return outlineOf(graph, new Map(estimate(graph).nodes.map((node) => [node.id, node])));
}
