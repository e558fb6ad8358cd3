import type { Router } from 'vue-router';
import { useDatasets } from '../stores/datasets.ts';
import { useExperiments } from '../stores/experiments.ts';
import { allCommands, isEnabled } from './registry.ts';

export interface PaletteEntry {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly detail?: string;
  readonly keys?: string;
  readonly words?: string;
  readonly run: () => void | Promise<void>;
}

/** Commands that work now, then experiments and data sets to go to. */
export function paletteEntries(router: Router): readonly PaletteEntry[] {
  const commands = allCommands().filter(isEnabled);
  const experiments = useExperiments().summaries.map(({ experiment: { id, name, system, state, tags, note } }) => ({
    id: `experiment:${id}`,
    title: name,
    group: 'Experiment',
    detail: `${id} · ${state}`,
    words: `${id} ${system} ${tags.join(' ')} ${note}`,
    run: () => void router.push({ name: 'monitor', params: { id } }),
  }));
  const datasets = useDatasets().datasets.map(({ name, kind }) => ({
    id: `dataset:${name}`,
    title: name,
    group: 'Data set',
    detail: kind,
    words: kind,
    run: () => void router.push({ name: 'dataset', params: { name } }),
  }));
  return [...commands, ...experiments, ...datasets];
}
