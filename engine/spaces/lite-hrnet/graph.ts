import { GraphBuilder, type Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import { conditionalChannelWeighting, shuffleUnit } from './graph-blocks.ts';
import { fusion, transition } from './graph-fusion.ts';
import { convModule, halves, joinShuffled, separableModule } from './layers.ts';
import { stageName, type LiteNetwork, type LiteStage } from './network.ts';

/** All convolutions are drawn from a normal distribution this wide; nothing is pre-trained (specification section 4.4). */
const initialDeviation = 0.001;

/** Heat maps [height / 4, width / 4, joints] of an image [height, width, 3] whose sides the coarsest branch divides. */
export function graphLiteHrNet(network: LiteNetwork, input: Shape): ModelGraph {
  const builder = new GraphBuilder();
  let branches: Value[] = [builder.scoped('stem', () => stem(builder, builder.input('input', input), network))];
  network.stages.forEach((stage, s) => {
    builder.scoped(stageName(s), () => {
      branches = builder.scoped('transition', () => transition(builder, branches, stage.widths, `backbone.transition${s}`));
      for (let m = 0; m < stage.modules; m++) {
        const name = `backbone.stage${s}.${m}`;
        branches = builder.scoped(`module${m}`, () => liteModule(builder, branches, stage, name, network.fuseQuirk));
        builder.module(name, branches);
      }
    });
  });
  const finest = network.iterativeHead ? builder.scoped('head', () => iterativeHead(builder, branches)) : branches[0]!;
  const { joints: channels, finalKernel: kernel } = network;
  const maps = builder.scoped('final', () =>
    layers.conv(builder, finest, { name: 'keypoint_head.final_layer', channels, kernel, bias: true }),
  );
  const graph = builder.build([maps]);
  return { ...graph, weights: graph.weights.map((spec) => (spec.kind === 'weight' ? { ...spec, initial: initialDraw } : spec)) };
}

const initialDraw = { distribution: 'normal', scale: initialDeviation } as const;

/** [height, width, 3] -> [height / 4, width / 4, channels] */
function stem(builder: GraphBuilder, image: Value, { stem: [first, out], stemExpansion }: LiteNetwork): Value {
  const name = 'backbone.stem';
  const x = convModule(builder, image, `${name}.conv1`, { channels: first, kernel: 3, stride: 2, activation: 'relu' });
  const [one, two] = halves(builder, x);
  const half = first / 2;
  // The official code gives the second half half of the channels when the width stays, else as many as the first convolution has.
  const second = first === out ? half : first;
  const kept = convModule(builder, one, `${name}.branch1.0`, { channels: half, kernel: 3, stride: 2, depthwise: true });
  const left = convModule(builder, kept, `${name}.branch1.1`, { channels: out - second, activation: 'relu' });
  const middle = first * stemExpansion;
  const expanded = convModule(builder, two, `${name}.expand_conv`, { channels: middle, activation: 'relu' });
  const filtered = convModule(builder, expanded, `${name}.depthwise_conv`, { channels: middle, kernel: 3, stride: 2, depthwise: true });
  const right = convModule(builder, filtered, `${name}.linear_conv`, { channels: second, activation: 'relu' });
  const y = joinShuffled(builder, left, right);
  builder.module(name, [y]);
  return y;
}

function liteModule(builder: GraphBuilder, x: readonly Value[], stage: LiteStage, name: string, fuseQuirk: boolean): Value[] {
  const y = stage.block === 'weighting' ? weightingBlocks(builder, x, stage, name) : shuffleUnits(builder, x, stage, name);
  return stage.fuse ? builder.scoped('fuse', () => fusion(builder, y, `${name}.fuse_layers`, fuseQuirk)) : y;
}

function weightingBlocks(builder: GraphBuilder, x: readonly Value[], { blocks, ratio }: LiteStage, name: string): Value[] {
  let y = [...x];
  for (let n = 0; n < blocks; n++) {
    y = builder.scoped(`block${n}`, () => conditionalChannelWeighting(builder, y, `${name}.layers.${n}`, ratio));
  }
  return y;
}

function shuffleUnits(builder: GraphBuilder, x: readonly Value[], { blocks }: LiteStage, name: string): Value[] {
  return x.map((branch, b) => {
    let y = branch;
    for (let n = 0; n < blocks; n++) {
      y = builder.scoped(`branch${b}.block${n}`, () => shuffleUnit(builder, y, `${name}.layers.${b}.${n}`));
    }
    return y;
  });
}

/** From the coarsest branch to the finest, which alone goes on: each is filtered, enlarged and added to the next. */
function iterativeHead(builder: GraphBuilder, x: readonly Value[]): Value {
  let carried: Value | undefined;
  [...x].reverse().forEach((branch, i) => {
    const next = x[x.length - 2 - i] ?? branch;
    const sum = carried === undefined ? branch : layers.add(builder, [branch, enlarge(builder, carried, branch)]);
    const name = `backbone.head_layer.projects.${i}`;
    carried = separableModule(builder, sum, name, next.shape[2] ?? 0);
    builder.module(name, [carried]);
  });
  return carried!;
}

/** With aligned corners, unlike every other resizing of the network. */
function enlarge(builder: GraphBuilder, x: Value, to: Value): Value {
  const [height = 0, width = 0] = to.shape;
  return builder.node({ op: 'resize-bilinear', inputs: [x], attrs: { size: [height, width], alignCorners: true } });
}
