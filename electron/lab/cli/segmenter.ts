import { CITYSCAPES_CLASSES } from '../../../datasets/cityscapes/labels.ts';
import { createRandom } from '../../../datasets/random.ts';
import type { SegmentationSample } from '../../../datasets/source.ts';
import { transformSegmentation } from '../../../datasets/transforms/segmentation.ts';
import type { SegmentationInput } from '../../../datasets/transforms/segmentation.ts';
import { dispose, pad, tensor4d, tidy } from '../../../engine/backend/tf.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import { inferenceMode, run } from '../../../engine/run/run.ts';
import { predictClasses } from '../../../engine/tasks/segmentation.ts';
import { pictureRules } from '../../compute/picture-rules.ts';
import type { PictureRules } from '../../compute/picture-rules.ts';
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
  readonly #rules: PictureRules;
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
    this.#rules = pictureRules(resolved.arch, fit);
    this.backend = network.backend.id;
  }

  /** Train ids [height, width] of a picture, at its own size. Throws CliError 'picture-too-large'. */
  async classes(picture: Pick<SegmentationSample, 'height' | 'width' | 'rgb'>): Promise<Uint8Array> {
    checkPixels(picture.height, picture.width, largestPicturePixels, 'Scale it down.');
    const sample: SegmentationSample = { kind: 'segmentation', key: '', ...picture, labels: new Uint8Array(0) };
    const input = transformSegmentation(sample, this.#rules.transform, createRandom(0));
    checkPixels(input.height, input.width, largestNetworkPixels, 'Let it be scaled with --size HxW.');
    return Uint8Array.from(await this.#predict(input));
  }

  /**
   * Padded with zeros after normalising, as training pads, where the network's rules leave that open; the padding is cut off before classes are
   * chosen. [labelHeight, labelWidth]
   */
  async #predict({ height, width, image, picture, labelHeight, labelWidth }: SegmentationInput): Promise<ArrayLike<number>> {
    const [paddedHeight, paddedWidth] = picture === undefined ? [roundUp(height), roundUp(width)] : [height, width];
    const graph = this.#graphFor(paddedHeight, paddedWidth);
    const [logits] = tidy(() => {
      const x = pad(tensor4d(image, [1, height, width, 3]), [
        [0, 0],
        [0, paddedHeight - height],
        [0, paddedWidth - width],
        [0, 0],
      ]);
      return run(graph, this.#network.weights, { [graph.inputs[0]?.id ?? 'input']: x }, inferenceMode).outputs;
    });
    const sizes = { height: paddedHeight, width: paddedWidth, picture: picture ?? ([height, width] as const), labelHeight, labelWidth };
    const classes = await predictClasses(logits!, sizes, this.#rules.options);
    dispose(logits!);
    return classes;
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
