import { GraphBuilder, type Value } from '../../graph/builder.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import type { DpcCell } from './cell.ts';
import type { BackboneOutput } from './graph-backbone.ts';
import { graphCell, type CellOptions } from './graph-cell.ts';
import { graphDecoder } from './graph-decoder.ts';
import { graphMobileNetV2 } from './graph-mobilenet-v2.ts';
import { graphXception } from './graph-xception.ts';
import { logits } from './layers.ts';
import type { DpcSettings } from './settings.ts';

/**
 * The network around a cell. Images [h, w, 3] are in [-1, 1] (x / 127.5 - 1); with backbone 'none' the input is the features themselves. Gives logits
 * [h', w', classes] of the features' size, with the decoder of a quarter of the image; they are enlarged with aligned corners for the loss.
 */
export function graphDpc(cell: DpcCell, settings: DpcSettings, input: Shape): ModelGraph {
  const builder = new GraphBuilder();
  const x = builder.input('input', input);
  const { features, early } = graphBackbone(builder, x, settings);
  const context = graphCell(builder, cell, features, settings);
  const refined = settings.decoder ? graphDecoder(builder, context, early) : context;
  const scores = builder.scoped('logits', () => logits(builder, refined, settings.classes, 'logits/semantic'));
  builder.module('logits', [scores]);
  return builder.build([scores]);
}

/** The backbone alone: features of an image, as the proxy task stores them. */
export function graphFeatures(settings: DpcSettings, input: Shape): ModelGraph {
  const builder = new GraphBuilder();
  return builder.build([graphBackbone(builder, builder.input('input', input), settings).features]);
}

/** The cell alone, features [h, w, in] -> [h, w, filters]. */
export function graphCellAlone(cell: DpcCell, options: CellOptions, input: Shape): ModelGraph {
  const builder = new GraphBuilder();
  return builder.build([graphCell(builder, cell, builder.input('input', input), options)]);
}

function graphBackbone(builder: GraphBuilder, x: Value, { backbone, outputStride, width }: DpcSettings): BackboneOutput {
  if (backbone === 'none') return { features: x, early: x };
  const output =
    backbone === 'mobilenet-v2' ? graphMobileNetV2(builder, x, outputStride, width) : graphXception(builder, x, outputStride, backbone);
  builder.module('backbone', [output.features]);
  return output;
}
