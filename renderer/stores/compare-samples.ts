import { shallowRef } from 'vue';
import type { ArchitectureRef } from '../../electron/ipc/architecture.ts';
import type { SampleTile } from '../../electron/ipc/dataset-browsing.ts';
import type { EvaluationView } from '../../electron/ipc/evaluations.ts';
import { lab } from '../lab/client.ts';
import { useNotifications } from './notifications.ts';

/** One sample under the predictions of several networks, as far as they were judged on a whole split. */
export function useCompareSamples() {
  const evaluations = shallowRef<readonly (EvaluationView | undefined)[]>([]);
  const sample = shallowRef<SampleTile>();
  const total = shallowRef(0);
  const isJudging = shallowRef(false);
  const notifications = useNotifications();

  /** The newest evaluation of each network that stands on the same split as the first one found. */
  async function find(refs: readonly ArchitectureRef[]): Promise<void> {
    const all = await lab().evaluations();
    const own = refs.map((ref) => all.filter((evaluation) => isOf(evaluation, ref)));
    const first = own.flat()[0];
    evaluations.value = own.map((list) =>
      list.find(
        ({ dataset, split, fingerprint }) => dataset === first?.dataset && split === first.split && fingerprint === first.fingerprint,
      ),
    );
    sample.value = undefined;
    total.value = 0;
    if (evaluations.value.filter((one) => one !== undefined).length > 0) await go(0);
  }

  async function go(index: number): Promise<void> {
    const known = evaluations.value.find((one) => one !== undefined);
    if (known === undefined) return;
    const { total: found, samples } = await lab().samples({ dataset: known.dataset, split: known.split, offset: index, limit: 1 });
    total.value = found;
    sample.value = samples[0];
  }

  /** Judges every trial on the validation split of its own data, one after the other. */
  async function judge(refs: readonly ArchitectureRef[]): Promise<void> {
    isJudging.value = true;
    try {
      for (const ref of refs) {
        if (!('trial' in ref)) continue;
        const { environment } = await lab().experiment(ref.experiment);
        await lab().evaluate({
          subject: { kind: 'trial', experiment: ref.experiment, number: ref.trial },
          dataset: environment.dataset.name,
        });
      }
      await find(refs);
    } catch (error) {
      notifications.failed(error, 'The networks were not judged');
    } finally {
      isJudging.value = false;
    }
  }

  return { evaluations, sample, total, isJudging, find, go, judge };
}

function isOf({ subject }: EvaluationView, ref: ArchitectureRef): boolean {
  if ('trial' in ref) return subject.kind === 'trial' && subject.experiment === ref.experiment && subject.number === ref.trial;
  return 'published' in ref && subject.kind === 'published' && subject.name === ref.published;
}
