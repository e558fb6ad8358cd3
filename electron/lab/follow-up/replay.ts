import { StoreError } from '../../../db/store.ts';
import type { LabApi, LabEvent, TrialView } from '../../ipc/contract.ts';
import type { ReplayReport } from '../../ipc/follow-up.ts';
import type { LabContext } from '../context.ts';
import type { JobControl } from '../jobs/jobs.ts';

type Difference = NonNullable<ReplayReport['firstDifference']>;

/** Repeats an experiment and compares its trials as they come. */
export async function replay(context: LabContext, given: string): Promise<ReplayReport> {
  const lab = context.api();
  const original = await lab.experiment(given);
  if (original.state !== 'complete') {
    throw new StoreError('not-finished', `Experiment ${original.id} is ${original.state}; only a complete one can be repeated.`, {
      tip: 'Resume it first.',
    });
  }
  const expected = (await lab.trials(original.id)).filter(({ state }) => state === 'complete');
  const title = { kind: 'replay', title: `Check that ${original.name} comes out again` };
  return context.jobs.run(title, (control) => repeat(context, original.id, expected, control));
}

async function repeat(context: LabContext, id: string, expected: readonly TrialView[], control: JobControl): Promise<ReplayReport> {
  const lab = context.api();
  const began = performance.now();
  const { environment, name } = await lab.experiment(id);
  const { backend, threads } = environment;
  const started = await lab.forkSearch({
    id,
    set: [],
    name: `${name} (check)`,
    isCheck: true,
    backend,
    ...(threads === undefined || backend === 'wasm' || backend === 'cpu' ? {} : { threads }),
  });
  const stop = (): Promise<void> => stopIfRunning(lab, started.id);
  let difference: Difference | undefined;
  const seen = new Set<number>();
  const onTrial = async (number: number): Promise<void> => {
    if (difference !== undefined || seen.has(number)) return;
    seen.add(number);
    const now = (await lab.trials(started.id)).find((trial) => trial.number === number);
    const before = expected.find((trial) => trial.number === number);
    difference = differenceOf(number, before, now);
    const compared = seen.size - (difference === undefined ? 0 : 1);
    control.progress(compared, expected.length, `t${number} ${difference === undefined ? 'came out again' : 'differs'}`);
    if (difference !== undefined) await stop();
  };
  let looking: Promise<void> = Promise.resolve();
  const unsubscribe = context.onEvent((event: LabEvent) => {
    if (event.type !== 'search' || event.id !== started.id || event.event.type !== 'trial-finished') return;
    const { number } = event.event.trial;
    looking = looking.then(() => onTrial(number));
    // What went wrong is told at the end; until then nothing more can be compared.
    looking.catch(() => void stop().catch(() => undefined));
  });
  let stopping: Promise<void> = Promise.resolve();
  const onAbort = (): void => {
    stopping = stop();
    stopping.catch(() => undefined);
  };
  control.signal.addEventListener('abort', onAbort, { once: true });
  // Nobody heard of it while the search was being started.
  if (control.signal.aborted) onAbort();
  try {
    const ended = await lab.whenEnded(started.id);
    await looking;
    await stopping;
    control.signal.throwIfAborted();
    if (difference === undefined && ended.state !== 'complete') {
      throw new StoreError(
        'replay-ended',
        `The repetition of ${id} ended as ${ended.state}: ${ended.failure?.message ?? 'it was stopped'}.`,
      );
    }
    // Trials that ended before anybody listened, and those that never came.
    for (const { number } of expected) await onTrial(number);
    const seconds = (performance.now() - began) / 1000;
    return {
      experiment: id,
      compared: seen.size - (difference === undefined ? 0 : 1),
      isEqual: difference === undefined,
      seconds,
      ...(difference === undefined ? {} : { firstDifference: difference }),
    };
  } finally {
    unsubscribe();
    control.signal.removeEventListener('abort', onAbort);
    await lab.whenEnded(started.id);
    await lab.removeExperiment(started.id);
  }
}

/** One that has ended meanwhile needs no stopping. */
async function stopIfRunning(lab: LabApi, id: string): Promise<void> {
  try {
    await lab.stopSearch(id, { now: true });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'finished') throw error;
  }
}

function differenceOf(trial: number, before: TrialView | undefined, now: TrialView | undefined): Difference | undefined {
  if (before === undefined || now === undefined) {
    const shown = (view: TrialView | undefined): string => (view === undefined ? 'none' : view.hash.slice(0, 12));
    return { trial, what: before === undefined ? 'extra' : 'missing', before: shown(before), now: shown(now) };
  }
  if (before.hash !== now.hash) return { trial, what: 'architecture', before: before.hash.slice(0, 12), now: now.hash.slice(0, 12) };
  const [old, fresh] = [before, now].map(({ metrics }) => JSON.stringify(metrics.map(({ name, value }) => [name, value]))) as [
    string,
    string,
  ];
  return old === fresh ? undefined : { trial, what: 'metrics', before: old, now: fresh };
}
