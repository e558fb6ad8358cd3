import { resolve } from 'node:path';
import type { Command } from 'commander';
import { percent } from '../../../../engine/export/quantity.ts';
import type { LabApi } from '../../../ipc/contract.ts';
import type { Retraining } from '../../../ipc/follow-up.ts';
import { deviceChoice } from '../../device-choice.ts';
import { collect, wholeNumber } from '../arguments.ts';
import { cancellable } from '../cancellable.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError, exitCodes } from '../failure.ts';
import { exitFor, follow } from '../follow.ts';
import { bytesText, durationText, homeSuffix } from '../format.ts';
import { Progress } from '../progress.ts';
import type { CommandResult, Session } from '../session.ts';
import { table } from '../table.ts';
import { settingPair } from './search.ts';

interface RetrainOptions {
  readonly trial: number;
  readonly seeds?: number;
  readonly steps?: number;
  readonly set?: readonly string[];
}

/** `lab retrain`, `lab replay`, `lab paper-pack`: what follows a search. */
export function addFollowUpCommands(program: Command, host: CommandHost): void {
  handle<[string], RetrainOptions>(
    examples(
      program
        .command('retrain')
        .argument('<id>', 'an experiment')
        .description('train a found network from scratch, once for each seed; its scores are kept with the trial')
        .requiredOption('--trial <T>', 'number of the trial', trialNumber)
        .option('--seeds <N>', 'how many seeds: 0, 1, … (default: 1)', wholeNumber('--seeds', 1, 20))
        .option('--steps <N>', "training steps (default: those of the experiment's own schedule)", wholeNumber('--steps', 1))
        .option('--set <PATH=VALUE>', 'change one value of the configuration; may be repeated', collect),
      ['lab retrain hrnas-7f3a2c --trial 12 --seeds 3'],
      '{ "experiment": "hrnas-7f3a2c", "trial": 12, "runs": [EXPERIMENT, …], "results": [{ "kind": "retrained", "name": "mIoU", "value": 0.71, "split": "search-val", "seed": 0 }, …], "scores": [{ "name": "mIoU", "split": "search-val", "mean": 0.71, "sd": 0.004, "seeds": 3 }], "waiting": [], "usual": { "steps": 120, "secondsPerStep": 0.21 } }',
    ),
    host,
    retrain,
  );
  handle<[string]>(
    examples(
      program
        .command('replay')
        .argument('<id>', 'a complete experiment')
        .description('repeat an experiment from its configuration and seed, compare trial by trial; exit 1 at the first difference'),
      ['lab replay hrnas-7f3a2c'],
      '{ "experiment": "hrnas-7f3a2c", "compared": 13, "isEqual": true, "seconds": 118.2 }',
    ),
    host,
    replay,
  );
  handle<[string[]], { out: string; title?: string }>(
    examples(
      program
        .command('paper-pack')
        .argument('<id...>', 'experiments')
        .description(
          'a folder for a paper: CSV, LaTeX, SVG, JSON with seeds, versions and fingerprints, and the commands that compute it again',
        )
        .requiredOption('--out <DIR>', 'the folder')
        .option('--title <TEXT>', "caption (default: the experiments' names)"),
      ['lab paper-pack hrnas-7f3a2c --out paper'],
      '{ "folder": "/data/paper", "files": [{ "name": "front.csv", "bytes": 1234 }, …] }',
    ),
    host,
    async (session, [ids], { out, title }) => {
      const target = resolve(out);
      const document = await (await session.lab()).paperPack(ids, { target, ...(title === undefined ? {} : { title }) });
      const rows = document.files.map(({ name, bytes }) => [name, bytesText(bytes)]);
      return { document, text: `wrote ${document.folder}\n${table([{ title: 'file' }, { title: 'size', align: 'right' }], rows)}` };
    },
  );
}

function trialNumber(text: string): number {
  return wholeNumber('--trial', 0)(text.replace(/^t(?=\d+$)/, ''));
}

/** The seeds run one after the other as experiments; each is followed to its end. */
async function retrain(session: Session, [id]: [string], { trial, seeds, steps, set }: RetrainOptions): Promise<CommandResult> {
  const lab = await session.lab();
  const start = async (): Promise<Retraining> =>
    lab.retrain({
      experiment: id,
      trial,
      ...(seeds === undefined ? {} : { seeds }),
      ...(steps === undefined ? {} : { steps }),
      ...(set === undefined ? {} : { set: set.map(settingPair) }),
      ...deviceChoice(session.options),
    });
  let document = await start();
  for (let run = document.runs.at(-1); run !== undefined; run = await nextRun(lab, document)) {
    const current = run;
    session.output.line(current.id);
    const ended = await follow(
      session,
      lab,
      () => Promise.resolve(current),
      ({ name }) => session.output.notice(name),
    );
    document = await kept(lab, id, trial, current.id);
    if (ended.state !== 'complete') {
      const text = `${ended.state}. Go on with: lab resume ${ended.id}${homeSuffix(session.options)}`;
      return { document, exit: exitFor(ended), text };
    }
  }
  return { document, text: resultText(document) };
}

/** The next seed begins by itself; it is waited for. */
async function nextRun(lab: LabApi, { experiment, trial, runs, waiting }: Retraining) {
  if (waiting.length === 0) return undefined;
  for (let attempt = 0; attempt < 100; attempt++) {
    const now = await lab.retraining(experiment, trial);
    if (now.runs.length > runs.length) return now.runs.at(-1);
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new CliError('seed-missing', `The next seed of t${trial} did not begin.`, {
    exit: exitCodes.failed,
    tip: `\`lab log ${runs.at(-1)?.id ?? experiment}\` says why.`,
  });
}

/** The score is written right after the end. */
async function kept(lab: LabApi, experiment: string, trial: number, run: string): Promise<Retraining> {
  let now = await lab.retraining(experiment, trial);
  for (
    let attempt = 0;
    attempt < 40 && !now.results.some(({ details }) => (details as { experiment?: string }).experiment === run);
    attempt++
  ) {
    await new Promise((done) => setTimeout(done, 50));
    now = await lab.retraining(experiment, trial);
  }
  return now;
}

function resultText({ results, scores }: Retraining): string {
  const rows = results.map(({ name, value, split, seed }) => [name, split, `seed ${seed ?? 0}`, value === null ? '—' : percent(value)]);
  const means = scores.flatMap(({ name, split, mean, sd, seeds }) =>
    sd === undefined ? [] : [[name, split, `mean of ${seeds}`, `${percent(mean)} ± ${(100 * sd).toFixed(2)}`]],
  );
  return table([{ title: 'metric' }, { title: 'split' }, { title: '' }, { title: 'retrained', align: 'right' }], [...rows, ...means]);
}

async function replay(session: Session, [id]: [string]): Promise<CommandResult> {
  const lab = await session.lab();
  const progress = new Progress(session.output, 'trials');
  const unsubscribe = lab.onEvent((event) => {
    if (event.type !== 'job' || event.job.kind !== 'replay' || event.job.progress === undefined) return;
    const { done, total = 0, note = '' } = event.job.progress;
    progress.update(done, total, note);
  });
  const cancelReplays = async (): Promise<void> => {
    for (const job of await lab.jobs()) if (job.kind === 'replay' && job.state === 'running') await lab.cancelJob(job.id);
  };
  const message = 'The check was cut off; nothing of the repetition is kept.';
  const document = await cancellable(session, message, (signal) => {
    signal.addEventListener('abort', () => void cancelReplays(), { once: true });
    return lab.replay(id);
  }).finally(() => {
    unsubscribe();
    progress.end();
  });
  const { compared, firstDifference, seconds } = document;
  if (firstDifference === undefined) {
    return { document, text: `equal: ${compared} trials came out again in ${durationText(seconds)}` };
  }
  const { trial, what, before, now } = firstDifference;
  return {
    document,
    exit: exitCodes.failed,
    text: `first difference at t${trial} (${what}): ${before} before, ${now} now; ${compared} trials before it are equal`,
  };
}
