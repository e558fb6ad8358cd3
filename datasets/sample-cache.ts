import type { Sample } from './source.ts';

/**
 * Decoded samples, bounded by bytes. Nothing is thrown out: a pass over the set touches every sample once, and a set larger than the
 * cache then hits cache / set of its samples, whereas throwing out the least recently used would hit none.
 */
export class SampleCache {
  readonly #samples = new Map<string, Sample>();
  readonly #capacityBytes: number;
  #bytes = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasRoom(): boolean {
    return this.#bytes < this.#capacityBytes;
  }

  get(key: string): Sample | undefined {
    return this.#samples.get(key);
  }

  /** Keeps the sample when it fits; otherwise it is left to the caller. */
  add(key: string, sample: Sample): void {
    const bytes = bytesOf(sample);
    if (this.#samples.has(key) || this.#bytes + bytes > this.#capacityBytes) return;
    this.#samples.set(key, sample);
    this.#bytes += bytes;
  }

  clear(): void {
    this.#samples.clear();
    this.#bytes = 0;
  }
}

function bytesOf(sample: Sample): number {
  if (sample.kind === 'segmentation') return sample.rgb.byteLength + sample.labels.byteLength;
  return sample.kind === 'keypoints' ? sample.rgb.byteLength : 0;
}
