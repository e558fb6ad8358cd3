import { CITYSCAPES_CLASSES } from '../../../datasets/cityscapes/labels.ts';
import { createRandom } from '../../../datasets/random.ts';
import type { SegmentationSample } from '../../../datasets/source.ts';
import { cityscapesEvaluation, transformSegmentation } from '../../../datasets/transforms/segmentation.ts';
import type { SegmentationInput } from '../../../datasets/transforms/segmentation.ts';
import { argMax, dispose, pad, resizeBilinear, slice, tensor4d, tidy } from '../../../engine/backend/tf.ts';
import type { Tensor, Tensor4D } from '../../../engine/backend/tf.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import { taskOfArchitecture } from '../evaluation/subject.ts';
import { resolveArchitecture } from './architecture-argument.ts';
import type { ResolvedArchitecture } from './architecture-argument.ts';
import { CliError } from './failure.ts';
import { loadNetwork } from './network.ts';
import type { LoadedNetwork } from './network.ts';
import type { Session } from './session.ts';

/** The deepest branch of the networks works at 1/32 of the picture. */
const sizeStep = 32;
/** More would not fit the memory of a WebAssembly backend (4 GB): the logits alone take 76 bytes a pixel. */
const largestNetworkPixels = 2 ** 23;
const largestPicturePixels = 2 ** 24;

/** A network that says the Cityscapes class of every pixel, for pictures of any size, as an evaluation sees them. Disposed by its owner. */
export class Segmenter {
  readonly backend: string;
  readonly #resolved: ResolvedArchitecture;
  readonly #network: LoadedNetwork;
  readonly #fit: readonly [number, number] | undefined;
  /** Pictures of one set mostly have one size. */
  #graph: ModelGraph;

  /**
   * `archText` and `weightsText` as every command takes them; `size` [height, width] is what pictures are scaled to fit (aspect kept): by
   * default what a trial was evaluated at, else each picture's own size. Throws CliError 'wrong-task' for anything but 19 Cityscapes classes.
   */
  static async open(
    session: Session,
    archText: string,
    weightsText: string | undefined,
    size: readonly [number, number] | undefined,
  ): Promise<Segmenter> {
    const resolved = await resolveArchitecture(session, archText);
    const { task, classes } = taskOfArchitecture(resolved.arch);
    if (task !== 'segmentation' || classes !== CITYSCAPES_CLASSES.length) {
      throw new CliError(
        'wrong-task',
        `The network is for ${String(task)} with ${String(classes)} classes; pictures can be drawn and handed in with the ${CITYSCAPES_CLASSES.length} classes of Cityscapes.`,
      );
    }
    const network = await loadNetwork(session, resolved, weightsText, resolved.space.defaultInput(resolved.arch.settings));
    const [height, width] = size ?? resolved.trial?.cost?.input ?? [];
    return new Segmenter(resolved, network, height === undefined || width === undefined ? undefined : [height, width]);
  }

  private constructor(resolved: ResolvedArchitecture, network: LoadedNetwork, fit: readonly [number, number] | undefined) {
    this.#resolved = resolved;
    this.#network = network;
    this.#graph = network.graph;
    this.#fit = fit;
    this.backend = network.backend.id;
  }

  /** Train ids [height, width] of a picture, at its own size. Throws CliError 'picture-too-large'. */
  async classes(picture: Pick<SegmentationSample, 'height' | 'width' | 'rgb'>): Promise<Uint8Array> {
    checkPixels(picture.height, picture.width, largestPicturePixels, 'Scale it down.');
    const sample: SegmentationSample = { kind: 'segmentation', key: '', ...picture, labels: new Uint8Array(0) };
    const transform = { ...cityscapesEvaluation, ...(this.#fit === undefined ? {} : { size: this.#fit }) };
    const input = transformSegmentation(sample, transform, createRandom(0));
    checkPixels(input.height, input.width, largestNetworkPixels, 'Let it be scaled with --size HxW.');
    const predicted = tidy(() => this.#predict(input));
    const classes = Uint8Array.from(await predicted.data());
    dispose(predicted);
    return classes;
  }

  /** Padded with zeros after normalising, as training pads; the padding is cut off before classes are chosen. [labelHeight, labelWidth] */
  #predict({ height, width, image, labelHeight, labelWidth }: SegmentationInput): Tensor {
    const [paddedHeight, paddedWidth] = [roundUp(height), roundUp(width)];
    const graph = this.#graphFor(paddedHeight, paddedWidth);
    const x = tensor4d(image, [1, height, width, 3]);
    const padded = pad(x, [
      [0, 0],
      [0, paddedHeight - height],
      [0, paddedWidth - width],
      [0, 0],
    ]);
    const [logits] = run(graph, this.#network.weights, { [graph.inputs[0]?.id ?? 'input']: padded }, inferenceMode).outputs;
    const whole = resizeBilinear(logits as Tensor4D, [paddedHeight, paddedWidth]); // [1, paddedHeight, paddedWidth, classes]
    const own = slice(whole, [0, 0, 0, 0], [1, height, width, -1]);
    const isScaled = height !== labelHeight || width !== labelWidth;
    return argMax(isScaled ? resizeBilinear(own, [labelHeight, labelWidth]) : own, 3);
  }

  #graphFor(height: number, width: number): ModelGraph {
    const [knownHeight, knownWidth] = this.#graph.inputs[0]?.shape ?? [];
    if (knownHeight !== height || knownWidth !== width) this.#graph = this.#resolved.space.graph(this.#resolved.arch, [height, width, 3]);
    return this.#graph;
  }

  dispose(): void {
    this.#network.weights.dispose();
  }
}

function roundUp(pixels: number): number {
  return Math.ceil(pixels / sizeStep) * sizeStep;
}

function checkPixels(height: number, width: number, most: number, tip: string): void {
  if (height * width > most)
    throw new CliError('picture-too-large', `A picture of ${height}x${width} has ${height * width} pixels; at most ${most} are possible.`, {
      tip,
    });
}
