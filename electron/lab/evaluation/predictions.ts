import { join } from 'node:path';
import { StoreError } from '../../../db/store.ts';
import { predictionFile } from '../../compute/tasks/prediction-file.ts';
import type { EvaluationResult, NetworkSubject } from '../../ipc/evaluations.ts';
import type { LabContext } from '../context.ts';
import { datasetTools } from '../datasets/tools.ts';
import { FileCache } from '../media/file-cache.ts';
import { needEvaluation } from './pictures.ts';
import { resolveSubject } from './subject.ts';

/** What one evaluation may leave, and what all of them together. */
export const predictionBytes = 128 * 1024 * 1024;
const allBytes = 512 * 1024 * 1024;
/** A missing prediction takes its neighbours along: starting the process takes longer than they do. */
const together = 6;

/** Where an evaluation puts its predictions. They can be made again from its weights. */
export function predictionFolder(context: LabContext, id: string): string {
  return join(rootOf(context), id);
}

function rootOf(context: LabContext): string {
  return join(datasetTools(context).cacheFolder, 'predictions');
}

/** Label pictures of predictions, by evaluation and place in its split. */
export class Predictions {
  readonly #context: LabContext;
  readonly #cache: FileCache;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(context: LabContext) {
    this.#context = context;
    this.#cache = new FileCache(() => rootOf(context), allBytes);
  }

  /** Path of the prediction, made now where it is missing. StoreError 'evaluation-other-data' when the evaluation is of other samples. */
  async file(id: string, at: { readonly dataset: string; readonly split: string; readonly index: number }): Promise<string> {
    const { dataset, split, fingerprint, subject, result } = needEvaluation(this.#context, id);
    const source = await datasetTools(this.#context).open(at.dataset);
    if (split !== at.split || fingerprint !== source.info.fingerprint) {
      throw new StoreError('evaluation-other-data', `Evaluation ${id} is of ${split} of ${dataset} with another content or split.`, {
        tip: 'Evaluate the network on this split.',
      });
    }
    const file = predictionFile(predictionFolder(this.#context, id), at.index);
    if ((await this.#cache.get(join(id, `${at.index}.png`))) !== undefined) return file;
    const block = Math.floor(at.index / together);
    const key = `${id}/${block}`;
    let work = this.#underWay.get(key);
    if (work === undefined) {
      const first = block * together;
      const indices = Array.from({ length: Math.min(together, source.size(split) - first) }, (_, i) => first + i);
      work = this.#predict(id, {
        at,
        subject: subject as unknown as NetworkSubject,
        result: result as unknown as EvaluationResult,
        indices,
      });
      this.#underWay.set(key, work);
      void work.catch(() => undefined).then(() => this.#underWay.delete(key));
    }
    await work;
    return file;
  }

  async #predict(
    id: string,
    {
      at,
      subject,
      result,
      indices,
    }: {
      readonly at: { readonly dataset: string; readonly split: string };
      readonly subject: NetworkSubject;
      readonly result: EvaluationResult;
      readonly indices: readonly number[];
    },
  ): Promise<void> {
    const { arch, weights, label } = resolveSubject(this.#context, subject);
    const { root, kind } = datasetTools(this.#context).record(at.dataset);
    const [height, width] = result.input;
    const folder = predictionFolder(this.#context, id);
    const { bytes } = await this.#context.jobs.run({ kind: 'predict-samples', title: `Predictions of ${label} (${at.split})` }, (control) =>
      this.#context.runTask(
        'predict-samples',
        {
          arch,
          weights,
          dataset: { root, kind },
          split: at.split,
          ...(height === undefined || width === undefined ? {} : { fit: [height, width] as const }),
          indices,
          folder,
        },
        control,
        { backend: result.backend },
      ),
    );
    await this.#cache.added(bytes);
  }
}
