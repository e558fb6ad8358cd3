import { unknownTrial } from '../../../db/errors.ts';
import { StoreError } from '../../../db/store.ts';
import type { ExperimentStore, TrialAnnotation, TrialAnnotationChange } from '../../../db/store.ts';
import type { TradeoffApi } from '../../ipc/tradeoff.ts';
import type { LabContext } from '../context.ts';
import { updateNotesFile } from '../folder/notes-file.ts';
import { experimentFolder } from '../home.ts';
import { findExperiment } from '../search-setup.ts';
import { choiceColumns } from './choice-columns.ts';
import { exportFront } from './export-front.ts';
import { bestUnder, frontView } from './front-view.ts';
import { Selections } from './selections.ts';
import { trialRows } from './trial-rows.ts';

/** Fronts, tables and annotations of trials. */
export function createTradeoffApi(context: LabContext): TradeoffApi {
  const selections = new Selections();
  const select = (request: Parameters<TradeoffApi['frontView']>[0]) => selections.of(context.reading(), request);
  return {
    frontView: async (request) => frontView(select(request), request.limits ?? {}),
    trialRows: async (request) => trialRows(select(request), request),
    choiceColumns: async (request) => choiceColumns(context.reading(), select(request), request),
    bestUnder: async (request) => bestUnder(select(request), request.limits ?? {}),
    exportFront: async (request) => exportFront(context.layout.root, select(request), request),
    trialAnnotations: async (given) => {
      const store = context.reading();
      return store.trialAnnotations(findExperiment(store, given).id);
    },
    annotateTrials: async (given, numbers, change) => {
      const { id } = findExperiment(context.reading(), given);
      checkChange(change);
      return context.change('annotateTrials', [id, numbers, change], async (store) => {
        const annotated = annotateAll(store, id, numbers, change);
        updateNotesFile(experimentFolder(context.layout, id), store, id);
        return annotated;
      });
    },
    editReference: async (given, { macs, metric }, note) => {
      const { id } = findExperiment(context.reading(), given);
      if (!(macs > 0) || !(metric < 1) || !Number.isFinite(macs) || !Number.isFinite(metric)) {
        throw new StoreError(
          'bad-reference',
          `The reference point of ${id} needs MACs above 0 and a metric below 1; ${macs} and ${metric} came.`,
          {
            tip: 'Take the worst values that still count: the MACs of the largest network, and a metric that every useful network exceeds.',
          },
        );
      }
      if (note.trim() === '') {
        throw new StoreError(
          'note-missing',
          `The reference point of ${id} was frozen when it started; another one needs a note that says why.`,
          {
            tip: 'Hypervolumes that were written down before will no longer agree with the ones shown.',
          },
        );
      }
      return context.change('editReference', [id, { macs, metric }, note], async (store) => {
        store.addReferenceEdit(id, { macs, metric, note: note.trim() });
        updateNotesFile(experimentFolder(context.layout, id), store, id);
        store.addLog({
          experiment: id,
          level: 'info',
          message: `Reference point of the hypervolume set to ${macs} MACs and ${metric}: ${note.trim()}`,
        });
        return { macs, metric, note: note.trim() };
      });
    },
  };
}

/** All or none: a number that is not there is refused before anything is written. */
function annotateAll(store: ExperimentStore, id: string, numbers: readonly number[], change: TrialAnnotationChange) {
  for (const number of numbers) if (store.trial(id, number) === undefined) throw unknownTrial(id, number);
  const known = new Map(store.trialAnnotations(id).map((annotation) => [annotation.number, annotation]));
  const before = numbers.map((number) => inverseOf(known.get(number), change));
  return { before, annotations: store.annotateTrials(id, numbers, change) };
}

/** What takes a change back: the former values of what it names. */
function inverseOf(before: TrialAnnotation | undefined, change: TrialAnnotationChange): TrialAnnotationChange {
  return {
    ...(change.isStarred === undefined ? {} : { isStarred: before?.isStarred ?? false }),
    ...(change.isShortlisted === undefined ? {} : { isShortlisted: before?.isShortlisted ?? false }),
    ...(change.tags === undefined ? {} : { tags: before?.tags ?? [] }),
    ...(change.note === undefined ? {} : { note: before?.note ?? '' }),
    ...(change.exclusion === undefined ? {} : { exclusion: before?.exclusion ?? null }),
  };
}

function checkChange({ exclusion }: TrialAnnotationChange): void {
  if (typeof exclusion === 'string' && exclusion.trim() === '') {
    throw new StoreError('reason-missing', 'Leaving a trial out of the analysis needs a reason.', {
      tip: 'One line is enough: "label error in its run".',
    });
  }
}
