import type { ExperimentStore } from '../../../db/store.ts';
import type { ExperimentView } from '../../ipc/contract.ts';
import type { ExperimentSummary, RunSeries, RunView } from '../../ipc/overview.ts';
import { folderBytes } from '../folder-size.ts';
import { bestSoFar } from './scored-trials.ts';
import type { ScoredTrials } from './scored-trials.ts';
import type { Results } from './summary.ts';

export function runViewOf(store: ExperimentStore, summary: ExperimentSummary, { scored, front }: Results): RunView {
  const { experiment, elapsedSeconds } = summary;
  const done = experiment.progress.trials.complete;
  const { trial, macs, value, role, series } = scored;
  return {
    summary,
    points: { trial, macs, value, role, series, best: bestSoFar(scored), isOnFront: front.isOnFront },
    ...(front.kneeTrial === undefined ? {} : { knee: { trial: front.kneeTrial } }),
    hypervolumeHistory: front.changes.flatMap(({ trial: at, hypervolume }) =>
      hypervolume === undefined ? [] : [{ trial: at, hypervolume }],
    ),
    series: seriesOf(scored),
    phases: phasesOf(experiment),
    ...(done === 0 ? {} : { secondsPerTrial: elapsedSeconds / done }),
    names: store.scalarNames(experiment.id),
    folderBytes: folderBytes(experiment.folder),
    commands: commandsOf(experiment),
  };
}

function seriesOf({ macs, value, role, series }: ScoredTrials): readonly RunSeries[] {
  const found = new Map<string, RunSeries>();
  for (let row = 0; row < macs.length; row++) {
    const name = series[row];
    if (name === null || name === undefined || role[row] === 'reference') continue;
    const before = found.get(name);
    found.set(name, {
      name,
      trials: (before?.trials ?? 0) + 1,
      firstMacs: before?.firstMacs ?? (macs[row] as number),
      lastMacs: macs[row] as number,
      lastValue: value[row] as number,
      hasEnded: role[row] === 'front',
    });
  }
  return [...found.values()];
}

function phasesOf({ environment, progress, state }: ExperimentView): RunView['phases'] {
  let from = 0;
  return (environment.plan?.phases ?? []).map(({ name, steps }) => {
    const [begin, to] = [from, from + steps];
    from = to;
    const isDone = state === 'complete' || progress.step >= to;
    return {
      name,
      from: begin,
      to,
      state: isDone ? 'done' : progress.step >= begin && state === 'running' ? 'running' : 'waiting',
    } as const;
  });
}

function commandsOf({ id, state }: ExperimentView): readonly string[] {
  return [
    `lab show ${id}`,
    ...(state === 'stopped' || state === 'interrupted' ? [`lab resume ${id}`] : []),
    ...(state === 'running' ? [`lab stop ${id}`] : []),
    `lab fork ${id} --set seed=1`,
  ];
}
