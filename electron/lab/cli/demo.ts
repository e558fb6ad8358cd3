import { join } from 'node:path';
import { frontSvg } from '../../../engine/export/front-svg.ts';
import { percent, quantity } from '../../../engine/export/quantity.ts';
import type { DatasetView, ExperimentView, LabApi } from '../../ipc/contract.ts';
import { demoData, drawDemoData, registerDemoData } from '../demo/demo-data.ts';
import { demoConfig, demoName } from '../demo/demo-search.ts';
import { resolveHome } from '../home.ts';
import { bestUnder } from './best-trial.ts';
import { cancellable } from './cancellable.ts';
import { startRequest } from './start-request.ts';
import { writeFileWhole } from './files.ts';
import { exitFor, follow } from './follow.ts';
import { durationText, homeSuffix, shellWord } from './format.ts';
import type { ScoredTrial } from './front-view.ts';
import { Progress } from './progress.ts';
import { searchDocument } from './search-document.ts';
import type { SearchReport } from './search-document.ts';
import type { CommandResult, Session } from './session.ts';

/** The best network is named under this share of the unshrunk supernet's MACs. */
const bestMacsShare = 0.6;

/** Draws a data set (once), searches on it with the demo's preset and ends with the front, its drawing and the best small network. */
export async function demo(session: Session): Promise<CommandResult> {
  const began = performance.now();
  const home = resolveHome({ home: session.options.home });
  session.output.notice(`HR-NAS demo in ${home}`);
  const lab = await session.lab();
  const dataset = await demoDataset(session, lab, join(home, 'demo', demoData.name));
  const experiment = await search(session, lab, dataset);
  const seconds = (performance.now() - began) / 1000;
  const report = await searchDocument(lab, experiment);
  const document = { ...report.document, seconds };
  const exit = exitFor(experiment);
  if (experiment.state !== 'complete') {
    return {
      document,
      exit,
      text: `${report.text}\n\n${experiment.state}. Go on with: lab resume ${experiment.id}${homeSuffix(session.options)}`,
    };
  }
  const reference = referenceOf(report);
  const best =
    bestUnder(
      report.front.rows.map((row) => row.trial),
      reference === undefined ? {} : { maxMacs: bestMacsShare * reference.cost.macs },
    ) ?? report.best;
  const svg = join(home, 'demo', `${experiment.id}.svg`);
  writeFileWhole(svg, frontSvg(report.front, 'HR-NAS demo: accuracy against cost'));
  const text = [
    report.text,
    '',
    bestText(best, reference),
    `drawn: ${svg}`,
    `done in ${durationText(seconds)}`,
    '',
    nextCommands(session, experiment, best, dataset),
  ].join('\n');
  return { document: { ...document, best: best ?? null, svg }, exit, text };
}

async function demoDataset(session: Session, lab: LabApi, root: string): Promise<DatasetView> {
  const progress = new Progress(session.output, 'pictures');
  const written = await cancellable(session, 'The demo was cut off while drawing its data; it continues there next time.', (signal) =>
    drawDemoData(root, { signal, progress: (done, total) => progress.update(done, total, 'drawing street scenes') }),
  ).finally(() => progress.end());
  session.output.notice(written === 0 ? `data: ${root}, drawn before` : `data: ${written} street scenes drawn in ${root}`);
  return registerDemoData(lab, root, written);
}

async function search(session: Session, lab: LabApi, dataset: DatasetView): Promise<ExperimentView> {
  const config = demoConfig(dataset.name, session.options.seed);
  return follow(
    session,
    lab,
    () => lab.startSearch(startRequest(config, session.options, demoName)),
    ({ id }) => session.output.notice(`experiment ${id}; Ctrl-C stops and keeps it`),
  );
}

function referenceOf({ front }: SearchReport): ScoredTrial | undefined {
  return front.rows.find((row) => row.trial.role === 'reference')?.trial;
}

function bestText(best: ScoredTrial | undefined, reference: ScoredTrial | undefined): string {
  if (best === undefined) return 'no network under the limit';
  const [score, full] = [best.metrics[0]?.value ?? NaN, reference?.metrics[0]?.value ?? NaN];
  const against =
    reference === undefined
      ? ''
      : `: ${percent(best.cost.macs / reference.cost.macs, 0)} of the MACs and ${percent(score / full)} of the accuracy of the unshrunk network in equal steps`;
  return `best of at most ${percent(bestMacsShare, 0)} of the MACs: t${best.number}, ${quantity(best.cost.macs, 'MACs')}, ${percent(score)}${against}`;
}

function nextCommands(session: Session, { id }: ExperimentView, best: ScoredTrial | undefined, dataset: DatasetView): string {
  const home = homeSuffix(session.options);
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
