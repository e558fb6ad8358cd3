import { join } from 'node:path';
import { frontSvg } from '../../../engine/export/front-svg.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import type { DatasetView, ExperimentView, LabApi } from '../../ipc/contract.ts';
import type { DemoName } from '../../ipc/demo.ts';
import { registerDemoData } from '../demo/demo-data.ts';
import type { DemoData } from '../demo/demo-data.ts';
import { baselineConfig, baselineName, demoConfig } from '../demo/demo-search.ts';
import { demos } from '../demo/demos.ts';
import type { Demo } from '../demo/demos.ts';
import { resolveHome } from '../home.ts';
import { bestUnder } from './best-trial.ts';
import { cancellable } from './cancellable.ts';
import { baselineText, bestText, nextCommands, referenceOf, smallMacs } from './demo-text.ts';
import { writeFileWhole } from './files.ts';
import { exitFor, follow } from './follow.ts';
import { durationText, homeSuffix } from './format.ts';
import { frontOf } from './front-view.ts';
import { Progress } from './progress.ts';
import { searchDocument } from './search-document.ts';
import { startRequest } from './start-request.ts';
import type { CommandResult, Session } from './session.ts';

/**
 * Draws a data set (once), searches on it with the demo's preset, beside that at random with the same budget, and ends with the fronts, their
 * drawing and the best (small) network.
 */
export async function demo(session: Session, name: DemoName, quick: boolean): Promise<CommandResult> {
  const began = performance.now();
  const home = resolveHome({ home: session.options.home });
  const entry = demos[name];
  session.output.notice(`${entry.title} in ${home}`);
  const lab = await session.lab();
  const dataset = await demoDataset(session, lab, quick ? entry.quick.data : entry.data, home);
  const config = demoConfig(entry, dataset.name, { seed: session.options.seed, quick });
  const { experiment, besides } = await searches(session, lab, entry, config);
  const seconds = (performance.now() - began) / 1000;
  const report = await searchDocument(lab, experiment);
  const baseline = besides === undefined ? undefined : await searchDocument(lab, besides);
  const document = { ...report.document, seconds, ...(baseline && { baseline: baseline.document }) };
  const unfinished = [experiment, ...(besides === undefined ? [] : [besides])].find(({ state }) => state !== 'complete');
  if (unfinished !== undefined) {
    const text = `${report.text}\n\n${unfinished.state}. Go on with: lab resume ${unfinished.id}${homeSuffix(session.options)}`;
    return { document, exit: exitFor(unfinished), text };
  }
  const reference = referenceOf(report);
  const candidates = report.front.rows.map((row) => row.trial);
  const best = bestUnder(candidates, reference === undefined ? {} : { maxMacs: smallMacs(reference) }) ?? report.best;
  const front = besides === undefined ? report.front : frontOf(await lab.frontInputs([experiment.id, besides.id]), 'macs');
  const svg = join(home, 'demo', `${experiment.id}.svg`);
  writeFileWhole(svg, frontSvg(front, `${entry.title}: accuracy against cost`));
  const text = [
    report.text,
    '',
    bestText(best, reference),
    ...(baseline === undefined ? [] : ['', baselineText(front, report, baseline)]),
    `drawn: ${svg}`,
    `done in ${durationText(seconds)}`,
    '',
    nextCommands(session.options, experiment, best, dataset),
  ].join('\n');
  return { document: { ...document, best: best ?? null, svg }, exit: exitFor(experiment), text };
}

async function demoDataset(session: Session, lab: LabApi, data: DemoData, home: string): Promise<DatasetView> {
  const root = join(home, 'demo', data.name);
  const progress = new Progress(session.output, 'pictures');
  const written = await cancellable(session, 'The demo was cut off while drawing its data; it continues there next time.', (signal) =>
    data.draw(root, { signal, progress: (done, total) => progress.update(done, total, `drawing ${data.pictures}`) }),
  ).finally(() => progress.end());
  session.output.notice(written === 0 ? `data: ${root}, drawn before` : `data: ${written} ${data.pictures} drawn in ${root}`);
  return registerDemoData(lab, data, root, written);
}

async function search(session: Session, lab: LabApi, config: SearchConfig, name: string): Promise<ExperimentView> {
  return follow(
    session,
    lab,
    () => lab.startSearch(startRequest(config, session.options, name)),
    ({ id }) => session.output.notice(`${name}: experiment ${id}; Ctrl-C stops and keeps it`),
  );
}

/** The demo's search and the random one, both at their ends; what one does not come to its end for ends the other, too. */
async function searches(
  session: Session,
  lab: LabApi,
  entry: Demo,
  config: SearchConfig,
): Promise<{ readonly experiment: ExperimentView; readonly besides?: ExperimentView }> {
  const random = (folder: string): SearchConfig => baselineConfig(config, folder);
  const name = baselineName(entry);
  // It computes in a process of its own; the search itself is what is followed.
  const beside = entry.baseline === 'beside' ? await lab.startSearch(startRequest(random(''), session.options, name)) : undefined;
  if (beside !== undefined) session.output.notice(`${name}: experiment ${beside.id}, beside the search`);
  const experiment = await search(session, lab, config, entry.title);
  const isComplete = experiment.state === 'complete';
  if (beside !== undefined) return { experiment, besides: await endOf(session, lab, beside, isComplete) };
  if (entry.baseline === 'none' || !isComplete) return { experiment };
  return { experiment, besides: await search(session, lab, random(experiment.folder), name) };
}

async function endOf(session: Session, lab: LabApi, { id }: ExperimentView, isWaitedFor: boolean): Promise<ExperimentView> {
  if (!isWaitedFor && (await lab.experiment(id)).state === 'running') return lab.stopSearch(id);
  return follow(
    session,
    lab,
    () => lab.experiment(id),
    () => undefined,
  );
}
