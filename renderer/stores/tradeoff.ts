import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { TrialAnnotationChange } from '../../db/store.ts';
import type {
  ChoiceColumns,
  ChoiceColumnsRequest,
  FrontExportRequest,
  FrontRequest,
  FrontView,
  ReferencePoint,
  TrialRows,
  TrialRowsRequest,
} from '../../electron/ipc/tradeoff.ts';
import { lab } from '../lab/client.ts';
import { useConnection } from './connection.ts';
import { useExports } from './exports.ts';
import { resource } from './resource.ts';
import { useUndo } from './undo.ts';

/** A search that ends trials quickly changes what is drawn at most this often. */
const followMs = 1_000;
/** Lines of parallel coordinates; more cannot be told apart. */
const mostLines = 2_000;

/** The front that is shown, the choices beside it, and what can be done with its trials. */
export const useTradeoff = defineStore('tradeoff', () => {
  const request = shallowRef<FrontRequest>();
  const front = resource<FrontView | undefined>(async () => (request.value === undefined ? undefined : lab().frontView(request.value)));
  const choices = resource<ChoiceColumns | undefined>(async () => {
    if (request.value === undefined) return undefined;
    const { published: _published, logX: _logX, ...selection } = request.value;
    return lab().choiceColumns({ ...selection, ...choiceRequest.value, limit: mostLines });
  });
  const choiceRequest = shallowRef<Pick<ChoiceColumnsRequest, 'top' | 'choices'>>({});
  /** Rises when trials or what is said of them changed in the lab: tables offer to read again. */
  const news = shallowRef(0);
  const undo = useUndo();
  const exports = useExports();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Shows another selection; the front comes first, its choices after it. */
  async function show(next: FrontRequest | undefined): Promise<void> {
    request.value = next;
    await front.load();
    if (front.failure.value === undefined) await choices.load();
  }

  async function reload(): Promise<void> {
    news.value++;
    await front.load();
    await choices.load();
  }

  useConnection().onEvents((events) => {
    const shown = new Set(front.value.value?.experiments.map(({ id }) => id));
    const isConcerned = events.some(
      (event) =>
        event.type === 'search' && shown.has(event.id) && (event.event.type === 'trial-finished' || event.event.type === 'trial-failed'),
    );
    if (isConcerned) timer ??= setTimeout(() => void reload().finally(() => (timer = undefined)), followMs);
  });

  /** Says something of trials, in a way that can be taken back. Rejects as the lab does. */
  async function annotate(experiment: string, numbers: readonly number[], change: TrialAnnotationChange, title: string): Promise<void> {
    let before: readonly TrialAnnotationChange[] = [];
    await undo.perform(
      {
        title,
        redo: async () => {
          ({ before } = await lab().annotateTrials(experiment, numbers, change));
          await reload();
        },
        undo: async () => {
          for (const [i, number] of numbers.entries()) await lab().annotateTrials(experiment, [number], before[i] ?? {});
          await reload();
        },
      },
      { tell: change.exclusion !== undefined },
    );
  }

  return {
    request,
    view: front.value,
    failure: front.failure,
    isLoading: front.isLoading,
    choices: choices.value,
    choicesFailure: choices.failure,
    news,
    show,
    reload,
    showChoices: (next: Pick<ChoiceColumnsRequest, 'top' | 'choices'>) => {
      choiceRequest.value = next;
      return choices.load();
    },
    rows: (wanted: TrialRowsRequest): Promise<TrialRows> => lab().trialRows(wanted),
    annotate,
    editReference: (experiment: string, reference: ReferencePoint, note: string) =>
      lab().editReference(experiment, reference, note).then(reload),
    exportFront: (wanted: FrontExportRequest) => exports.take(() => lab().exportFront(wanted)),
  };
});
