import { openDataset } from '../../../datasets/catalog.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import type { DatasetRecord } from '../../../db/store.ts';
import { checkAvailable } from './registry.ts';

/** Opening walks through every folder of a data set; so long what was found is believed. */
const believedMs = 60_000;
const keptOpen = 4;

interface Opened {
  readonly root: string;
  readonly at: number;
  readonly source: Promise<DatasetSource>;
}

/** Data sets that are looked into, opened once and for a while. Sources are only read through; none is closed while it is used. */
export class OpenedDatasets {
  readonly #opened = new Map<string, Opened>();

  /** Throws 'dataset-missing' and what the reader throws. */
  open({ name, root, kind }: DatasetRecord): Promise<DatasetSource> {
    const known = this.#opened.get(name);
    if (known !== undefined && known.root === root && performance.now() - known.at < believedMs) return known.source;
    const source = this.#openAnew({ name, root, kind });
    this.#opened.delete(name);
    this.#opened.set(name, { root, at: performance.now(), source });
    source.catch(() => this.forget(name));
    const [oldest] = this.#opened.keys();
    if (this.#opened.size > keptOpen && oldest !== undefined) this.#opened.delete(oldest);
    return source;
  }

  /** What changed on the disk is seen at the next opening. */
  forget(name: string): void {
    this.#opened.delete(name);
  }

  async #openAnew(record: Pick<DatasetRecord, 'name' | 'root' | 'kind'>): Promise<DatasetSource> {
    checkAvailable(record);
    return openDataset(record.root, record.kind);
  }
}
