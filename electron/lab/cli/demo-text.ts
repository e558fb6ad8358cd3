import { percent, quantity } from '../../../engine/export/quantity.ts';
import type { FrontTable } from '../../../engine/export/front-table.ts';
import type { DatasetView, ExperimentView } from '../../ipc/contract.ts';
import { homeSuffix, shellWord } from './format.ts';
import type { ScoredTrial } from './front-view.ts';
import type { SearchReport } from './search-document.ts';
import type { CommonOptions } from './session.ts';
import { table } from './table.ts';

/** Beside an unshrunk supernet the best network is named under this share of its MACs. */
const smallShare = 0.6;

export function smallMacs(reference: ScoredTrial): number {
  return smallShare * reference.cost.macs;
}

export function referenceOf({ front }: SearchReport): ScoredTrial | undefined {
  return front.rows.find((row) => row.trial.role === 'reference')?.trial;
}

function scoreOf(trial: ScoredTrial | undefined): number {
  return trial?.metrics[0]?.value ?? NaN;
}

export function bestText(best: ScoredTrial | undefined, reference: ScoredTrial | undefined): string {
  if (best === undefined) return reference === undefined ? 'no network with a score' : 'no network under the limit';
  const figures = `t${best.number}, ${quantity(best.cost.macs, 'MACs')}, ${percent(scoreOf(best))}`;
  if (reference === undefined) return `best: ${figures}`;
  const macs = percent(best.cost.macs / reference.cost.macs, 0);
  const accuracy = percent(scoreOf(best) / scoreOf(reference));
  const limit = `best of at most ${percent(smallShare, 0)} of the MACs`;
  return `${limit}: ${figures}: ${macs} of the MACs and ${accuracy} of the accuracy of the unshrunk network in equal steps`;
}

/** The two searches side by side; `front` holds both. */
export function baselineText(front: FrontTable<ScoredTrial>, searched: SearchReport, random: SearchReport): string {
  const rows = [searched, random].map((report, i) => {
    const line = front.lines[i];
    const shared = front.rows.filter((row) => row.isOnFront && row.experiment === line?.experiment).length;
    const best = report.best;
    return [
      i === 0 ? 'searched' : 'at random',
      String(report.front.rows.filter((row) => row.trial.role === 'front').length),
      best === undefined ? '—' : `t${best.number}: ${percent(scoreOf(best))} at ${quantity(best.cost.macs, 'MACs')}`,
      line?.hypervolume === undefined ? '—' : line.hypervolume.toFixed(4),
      String(shared),
    ];
  });
  const columns = [
    { title: '' },
    { title: 'networks', align: 'right' },
    { title: 'best' },
    { title: 'hypervolume', align: 'right' },
    { title: 'on the common front', align: 'right' },
  ] as const;
  return table(columns, rows);
}

export function nextCommands(options: CommonOptions, { id }: ExperimentView, best: ScoredTrial | undefined, dataset: DatasetView): string {
  const home = homeSuffix(options);
  const trial = `${id}:t${best?.number ?? 0}`;
  return [
    'Look closer:',
    `  lab show ${id}${home}`,
    `  lab trials ${id}${home}`,
    `  lab front ${id} --csv front.csv --latex front.tex${home}`,
    `  lab cost ${trial} --per-node${home}`,
    `  lab evaluate ${trial} --data ${shellWord(dataset.name)}${home}`,
    `  lab export ${trial} --safetensors network.safetensors${home}`,
  ].join('\n');
}
