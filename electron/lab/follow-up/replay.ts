import { StoreError } from '../../../db/store.ts';
import type { LabEvent, TrialView } from '../../ipc/contract.ts';
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
    backend,
    ...(threads === undefined || backend === 'wasm' || backend === 'cpu' ? {} : { threads }),
  });
  let difference: Difference | undefined;
  let compared = 0;
  const onTrial = async (number: number): Promise<void> => {
    const now = (await lab.trials(started.id)).find((trial) => trial.number === number);
    const before = expected.find((trial) => trial.number === number);
    difference ??= differenceOf(number, before, now);
    if (difference === undefined) compared += 1;
    control.progress(compared, expected.length, `t${number} ${difference === undefined ? 'came out again' : 'differs'}`);
    if (difference !== undefined) await lab.stopSearch(started.id, { now: true });
  };
  let seen: Promise<void> = Promise.resolve();
  const unsubscribe = context.onEvent((event: LabEvent) => {
    if (event.type !== 'search' || event.id !== started.id || event.event.type !== 'trial-finished') return;
    const { number } = event.event.trial;
    seen = seen.then(() => onTrial(number));
  });
  const stop = (): void => void lab.stopSearch(started.id, { now: true });
  control.signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = await lab.whenEnded(started.id);
    await seen;
    control.signal.throwIfAborted();
    if (difference === undefined && ended.state !== 'complete') {
      throw new StoreError(
        'replay-ended',
        `The repetition of ${id} ended as ${ended.state}: ${ended.failure?.message ?? 'it was stopped'}.`,
      );
    }
    if (difference === undefined && compared < expected.length) {
      difference = { trial: expected[compared]?.number ?? compared, what: 'missing', before: 'a trial', now: 'none' };
    }
    const seconds = (performance.now() - began) / 1000;
    return {
      experiment: id,
      compared,
      isEqual: difference === undefined,
      seconds,
      ...(difference === undefined ? {} : { firstDifference: difference }),
    };
  } finally {
    unsubscribe();
    control.signal.removeEventListener('abort', stop);
    await lab.whenEnded(started.id);
    await lab.removeExperiment(started.id);
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
