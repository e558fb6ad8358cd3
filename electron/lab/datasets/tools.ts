import { join } from 'node:path';
import type { DatasetRecord } from '../../../db/store.ts';
import type { DatasetInfo, DatasetSource } from '../../../datasets/source.ts';
import type { LabContext } from '../context.ts';
import { workspaceOf } from '../workspace.ts';
import { countLabels, readLabelIndex } from './label-index.ts';
import type { LabelIndex } from './label-index.ts';
import { OpenedDatasets } from './opened.ts';
import { PictureThreads } from './picture-threads.ts';
import { needDataset } from './registry.ts';

/** What everything that looks into data sets shares, one for each opened lab. */
export class DatasetTools {
  readonly threads = new PictureThreads();
  readonly opened = new OpenedDatasets();
  readonly #context: LabContext;
  readonly #counting = new Map<string, Promise<LabelIndex>>();

  constructor(context: LabContext) {
    this.#context = context;
  }

  record(name: string): DatasetRecord {
    return needDataset(this.#context.reading(), name);
  }

  /** Throws 'unknown-dataset', 'dataset-missing' and what the reader throws. */
  open(name: string): Promise<DatasetSource> {
    return this.opened.open(this.record(name));
  }

  /** Whatever can be made again from data sets and weights lies here; anybody may delete it. */
  get cacheFolder(): string {
    return join(workspaceOf(this.#context.layout.root), 'cache');
  }

  folderOf({ info }: { readonly info: Pick<DatasetInfo, 'fingerprint'> }): string {
    return join(this.cacheFolder, 'datasets', shortFingerprint(info.fingerprint));
  }

  async keptLabelIndex(source: DatasetSource, split: string): Promise<LabelIndex | undefined> {
    return readLabelIndex({ split, size: source.size(split), folder: this.folderOf(source) });
  }

  /** Counted once for each content, as a job; whoever asks meanwhile waits for the same one. */
  async labelIndex(name: string, source: DatasetSource, split: string): Promise<LabelIndex> {
    const kept = await this.keptLabelIndex(source, split);
    if (kept !== undefined) return kept;
    const key = `${source.info.fingerprint}/${split}`;
    const known = this.#counting.get(key);
    if (known !== undefined) return known;
    const of = { split, size: source.size(split), folder: this.folderOf(source) };
    const counting = this.#context.jobs
      .run({ kind: 'count-classes', title: `Classes of ${split} (${name})` }, (control) => countLabels(source, of, this.threads, control))
      .finally(() => this.#counting.delete(key));
    this.#counting.set(key, counting);
    return counting;
  }
}

/** Enough to tell contents apart, short enough for a name. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 24);
}

const toolsOf = new WeakMap<LabContext, DatasetTools>();

export function datasetTools(context: LabContext): DatasetTools {
  let tools = toolsOf.get(context);
  if (tools === undefined) {
    tools = new DatasetTools(context);
    toolsOf.set(context, tools);
  }
  return tools;
}
