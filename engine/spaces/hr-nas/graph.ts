import { GraphBuilder, type Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import type { Architecture } from '../search-space.ts';
import { blocks, neighbours, type HrNasBlock } from './blocks.ts';
import { graphBlock } from './graph-block.ts';
import { withPoseDraws } from './pose-draws.ts';
import { withDefaults, type HrNasSettings } from './settings.ts';

/** The network of a valid architecture for an input [height, width, channels] (specification section 1). */
export function graphHrNas(arch: Architecture, input: Shape): ModelGraph {
  const settings = withDefaults(arch.settings);
  const builder = new GraphBuilder();
  const network = new HrNasNetwork(builder, settings, blocks(arch));
  const image = builder.input('input', input);

  let branches: readonly Value[] = [network.stem(image)];
  builder.module('downsamples', branches);
  settings.stages.forEach(([, , channels], stage) => {
    branches = network.fusion(stage, branches, channels.length);
    builder.module(`features.${2 * stage}`, branches);
    branches = network.parallel(stage, branches);
    builder.module(`features.${2 * stage + 1}`, branches);
  });
  const output = settings.task === 'classification' ? network.classificationHead(branches) : network.denseHead(branches);
  const graph = builder.build([output], settings.task === 'classification' ? classificationRank : denseRank);
  return settings.task === 'pose' ? { ...graph, weights: withPoseDraws(graph.weights) } : graph;
}

/** The official networks register their heads before the features (classification: only the linear layer). */
function denseRank(name: string): number {
  return ['downsamples.', 'transform.', 'classifier.', 'features.'].findIndex((prefix) => name.startsWith(prefix));
}

function classificationRank(name: string): number {
  return ['downsamples.', 'classifier.', 'features.'].findIndex((prefix) => name.startsWith(prefix));
}

/** What joins the paths into one branch of a fusion: resizing, sum, activation. */
function joinScope(fusion: string, branch: number): string {
  return `${fusion}.${branch}.join`;
}

class HrNasNetwork {
  readonly #builder: GraphBuilder;
  readonly #settings: HrNasSettings;
  readonly #blocks: ReadonlyMap<string, HrNasBlock>;

  constructor(builder: GraphBuilder, settings: HrNasSettings, list: readonly HrNasBlock[]) {
    this.#builder = builder;
    this.#settings = settings;
    this.#blocks = new Map(list.map((block) => [block.name, block]));
  }

  /** Two 3x3 convolutions of stride 2: [height, width, 3] -> [height / 4, width / 4, channels]. */
  stem(image: Value): Value {
    return this.#builder.scoped('stem', () => {
      const { stem, inputStride } = this.#settings;
      const half = this.#convNormAct(image, 'downsamples.0', stem[0], 3, 2);
      return inputStride === 4 ? this.#convNormAct(half, 'downsamples.1', stem[1], 3, 2) : half;
    });
  }

  /** Joins every branch with its neighbours, then adds the new ones from the last. */
  fusion(stage: number, x: readonly Value[], branches: number): Value[] {
    const name = `fuse${stage}`;
    const joined = x.map((_, i) => {
      const [first, ...others] = neighbours(i, x.length).map((j) => this.#fusionPath(name, i, j, x[j]!)) as [Value, ...Value[]];
      const [height, width] = first.shape as [number, number];
      return this.#builder.scoped(joinScope(name, i), () => {
        const summands = [first, ...others.map((path) => layers.resizeTo(this.#builder, path, [height, width]))];
        return layers.activate(this.#builder, layers.add(this.#builder, summands), this.#settings.activation);
      });
    });
    for (let b = joined.length; b < branches; b++) {
      joined.push(this.#block(`${name}.new${b}`, joined[b - 1]!)); // no activation after a new branch
    }
    return joined;
  }

  #fusionPath(name: string, i: number, j: number, x: Value): Value {
    const y = this.#block(`${name}.${i}.${j}`, x);
    const [height, width] = y.shape as [number, number];
    if (j <= i) return y;
    return this.#builder.scoped(joinScope(name, i), () => layers.resizeTo(this.#builder, y, [2 * height, 2 * width], 'nearest'));
  }

  /** A chain of blocks on every branch. */
  parallel(stage: number, x: readonly Value[]): Value[] {
    const [, depths] = this.#settings.stages[stage]!;
    return x.map((branch, b) => {
      let y = branch;
      for (let n = 0; n < depths[b]!; n++) y = this.#block(`par${stage}.${b}.${n}`, y);
      return y;
    });
  }

  /** Segmentation logits or heat maps at the stem's resolution: [height / 4, width / 4, classes]. */
  denseHead(x: readonly Value[]): Value {
    const builder = this.#builder;
    const { plainHead, lastChannels, classes } = this.#settings;
    const [height, width] = x[0]!.shape as [number, number];
    const joined = builder.scoped('gather', () =>
      layers.concat(
        builder,
        x.map((branch) => layers.resizeTo(builder, branch, [height, width])),
      ),
    );
    const transformed = plainHead
      ? builder.scoped('transform', () => this.#convNormAct(joined, 'transform', lastChannels, 1, 1))
      : this.#block('transform', joined);
    builder.module('transform', [transformed]);
    return builder.scoped('classifier', () => layers.conv(builder, transformed, { name: 'classifier', channels: classes, bias: true }));
  }

  /** Class scores [classes]: branches are widened, then summed from the finest to the coarsest. */
  classificationHead(x: readonly Value[]): Value {
    const builder = this.#builder;
    const { headChannels, stages, lastChannels, classes, dropout } = this.#settings;
    const widened = headChannels.length === 0 ? x : x.map((branch, b) => this.#block(`incre${b}`, branch));
    let y = widened[0]!;
    for (let b = 1; b < widened.length; b++) {
      const narrowed = this.#block(`down${b - 1}`, y);
      y = builder.scoped('gather', () => layers.add(builder, [widened[b]!, narrowed]));
    }
    const final = builder.scoped('final', () => this.#convNormAct(y, `features.${2 * stages.length}.final_layer`, lastChannels, 1, 1));
    return builder.scoped('classifier', () => {
      const pooled = builder.node({ op: 'global-average-pool', inputs: [final] });
      const vector = layers.dropout(builder, builder.node({ op: 'flatten', inputs: [pooled] }), dropout);
      return layers.linear(builder, vector, { name: 'classifier.1', features: classes, bias: true });
    });
  }

  #block(name: string, x: Value): Value {
    return graphBlock(this.#builder, this.#settings, this.#blocks.get(name)!, x);
  }

  #convNormAct(x: Value, name: string, channels: number, kernel: number, stride: number): Value {
    const norm = { epsilon: this.#settings.bnEpsilon, momentum: this.#settings.bnMomentum };
    return layers.convNormAct(this.#builder, x, { name, channels, kernel, stride }, norm, this.#settings.activation);
  }
}
