import { createStep, dispose, tensor4d, type Step } from '../../backend/tf.ts';
import { EngineError } from '../../error.ts';
import type { ModelGraph } from '../../graph/model-graph.ts';
import { inferenceMode, run } from '../../run/run.ts';
import { readSafetensors, type SafetensorsEntry, type SafetensorsTensor } from '../../run/safetensors.ts';
import { weightsFromTensors } from '../../run/weights-file.ts';
import type { Weights } from '../../run/weights.ts';
import { canonicalJson } from '../../spaces/canonical.ts';
import { backboneOf, graphBackboneAlone } from '../../spaces/dpc/proxy.ts';
import type { SegmentationBatch } from '../../tasks/task.ts';
import type { FrozenProxyConfig, SearchConfig } from '../config.ts';
import { rankingSize, trainingSize } from '../network.ts';
import type { FrozenParts, PictureSplit, SearchParts } from '../parts.ts';
import { batchOfFeatures, readFeatureRecord, writeFeatureRecord, type FeaturePicture } from './feature-record.ts';
import type { KeptBackbone } from './kept-backbone.ts';

/** What became of the features that were asked for. */
export interface FeatureCounts {
  /** Found in the store. */
  readonly read: number;
  readonly computed: number;
  /** Of the computed ones: those for which the store had no room. */
  readonly unkept: number;
}

/**
 * The backbone of the proxy task (DPC specification section 6): features of a picture are computed once, with the running statistics of its
 * norms, picture by picture, so that they do not depend on the batch, and brought to their stored precision, so that kept and computed ones are the
 * same bits. Dispose it.
 */
export class FrozenBackbone {
  readonly #config: SearchConfig;
  readonly #proxy: FrozenProxyConfig;
  readonly #parts: SearchParts;
  readonly #frozen: FrozenParts;
  readonly #kept: KeptBackbone;
  readonly #steps = new Map<PictureSplit, Step>();
  #tensors: Promise<ReadonlyMap<string, SafetensorsTensor>> | undefined;
  #weights: Promise<Weights> | undefined;
  /** What the next batch needs, on its way from the disk. */
  #ahead: { readonly name: string; readonly records: Promise<Records> } | undefined;
  #counts: FeatureCounts = { read: 0, computed: 0, unkept: 0 };

  /** Throws EngineError 'no-frozen-data' when the parts have no pictures for it. */
  constructor(config: SearchConfig, proxy: FrozenProxyConfig, parts: SearchParts, kept: KeptBackbone) {
    const { frozen } = parts;
    if (frozen === undefined) throw new EngineError('no-frozen-data', 'the proxy task was started without pictures for its backbone.');
    this.#config = config;
    this.#proxy = proxy;
    this.#parts = parts;
    this.#frozen = frozen;
    this.#kept = kept;
  }

  get counts(): FeatureCounts {
    return this.#counts;
  }

  /** [height, width, channels] of the features of training crops or of ranked pictures. */
  featureShape(split: PictureSplit): readonly number[] {
    return graphOf(this.#config, split).nodes.at(-1)!.shape;
  }

  /** Its tensors by official name. */
  tensors(): Promise<ReadonlyMap<string, SafetensorsTensor>> {
    this.#tensors ??= this.#parts.readFile(this.#kept.file).then((bytes) => readSafetensors(bytes).tensors);
    return this.#tensors;
  }

  /** The same ready for a weight file. */
  async entries(): Promise<ReadonlyMap<string, SafetensorsEntry>> {
    const tensors = await this.tensors();
    return new Map([...tensors].map(([name, { dtype, shape, bytes }]) => [name, { name, dtype, shape, data: bytes }]));
  }

  /** The batch with features in place of its pictures, which are read only where features are missing. */
  async batch(split: PictureSplit, index: number, isLast: boolean): Promise<SegmentationBatch> {
    const records = await this.#recordsOf(split, index);
    this.#ahead = isLast ? undefined : this.#readAhead(split, index + 1);
    const known = records.map(({ bytes }) => (bytes === undefined ? undefined : readFeatureRecord(bytes)));
    const missing = known.some((picture) => picture === undefined) ? await this.#frozen.batch(split, index) : undefined;
    const pictures: FeaturePicture[] = [];
    for (const [i, picture] of known.entries()) pictures.push(picture ?? (await this.#compute(split, missing!, i, records[i]!.key)));
    return batchOfFeatures(pictures);
  }

  async #recordsOf(split: PictureSplit, index: number): Promise<Records> {
    const ahead = this.#ahead;
    return ahead?.name === `${split} ${index}` ? ahead.records : this.#read(split, index);
  }

  #readAhead(split: PictureSplit, index: number): { readonly name: string; readonly records: Promise<Records> } {
    const records = this.#read(split, index);
    records.catch(() => {}); // told to whoever asks for this batch
    return { name: `${split} ${index}`, records };
  }

  #read(split: PictureSplit, index: number): Promise<Records> {
    const keys = this.#frozen.keys(split, index).map((picture) => this.#keyOf(picture));
    return Promise.all(keys.map(async (key) => ({ key, bytes: await this.#frozen.store.read(key) })));
  }

  /** Everything that the bits of a picture's features follow from. */
  #keyOf(picture: string): string {
    return canonicalJson({
      network: backboneOf(this.#config.space),
      weights: this.#kept.digest,
      precision: this.#proxy.precision,
      backend: this.#parts.backend.id,
      picture,
    });
  }

  async #compute(split: PictureSplit, batch: SegmentationBatch, at: number, key: string): Promise<FeaturePicture> {
    const { height, width, labelHeight, labelWidth, images, labels, picture } = batch;
    const length = height * width * 3;
    const labelLength = labelHeight * labelWidth;
    const image = tensor4d(images.slice(at * length, (at + 1) * length), [1, height, width, 3]);
    const step = await this.#stepFor(split);
    const [output] = await step.run({ tensors: [image], numbers: [], seeds: [] });
    const features = (await output!.data()) as Float32Array;
    const featureShape = output!.shape.slice(1) as [number, number, number];
    dispose([image, output!]);
    const own = { height, width, labelHeight, labelWidth, ...(picture !== undefined && { picture }) };
    const record = writeFeatureRecord(
      { ...own, labels: labels.slice(at * labelLength, (at + 1) * labelLength), featureShape, features },
      this.#proxy.precision,
    );
    const isKept = await this.#frozen.store.write(key, record);
    const { computed, unkept } = this.#counts;
    this.#counts = { ...this.#counts, computed: computed + 1, unkept: unkept + Number(!isKept) };
    return readFeatureRecord(record);
  }

  async #stepFor(split: PictureSplit): Promise<Step> {
    this.#weights ??= this.tensors().then((tensors) => weightsFromTensors(graphOf(this.#config, 'train').weights, tensors));
    const weights = await this.#weights;
    const size = split === 'evaluation' ? split : 'train';
    const known = this.#steps.get(size);
    if (known !== undefined) return known;
    const graph = graphOf(this.#config, size);
    const [input] = graph.inputs;
    // op by op: a compiled step runs so the first time, and which picture is the first differs from run to run
    const step = createStep('features', ([image]) => run(graph, weights, { [input!.id]: image! }, inferenceMode).outputs, 'eager');
    this.#steps.set(size, step);
    return step;
  }

  async dispose(): Promise<void> {
    for (const step of this.#steps.values()) step.dispose();
    this.#steps.clear();
    const weights = await this.#weights?.catch(() => undefined); // a failed reading was told to whoever asked for it
    weights?.dispose();
  }
}

type Records = readonly { readonly key: string; readonly bytes: Uint8Array | undefined }[];

function graphOf(config: SearchConfig, split: PictureSplit): ModelGraph {
  const size = split === 'evaluation' ? rankingSize(config) : trainingSize(config);
  return graphBackboneAlone(config.space, [...size, 3]);
}
