import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CheckResult } from '../../../../datasets/check.ts';
import { CITYSCAPES_DEFECTS, parseDefects } from '../../../../datasets/cityscapes/synthesize/defects.ts';
import {
  defaultSynthesizeOptions,
  synthesizeCityscapes,
  synthesizePresets,
} from '../../../../datasets/cityscapes/synthesize/synthesize.ts';
import { findingsCsv } from '../../../../datasets/findings-csv.ts';
import type { LabApi } from '../../../ipc/contract.ts';
import { listOf, oneOf, size, wholeNumber } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { writeFileWhole } from '../files.ts';
import { followJob } from '../follow-job.ts';
import { findingsText, kindText, splitsText } from '../dataset-text.ts';
import { shellWord } from '../format.ts';
import { cancellable } from '../cancellable.ts';
import { Progress } from '../progress.ts';
import type { CommandResult, Session } from '../session.ts';
import { facts } from '../table.ts';

interface SynthesizeArguments {
  readonly train?: number;
  readonly val?: number;
  readonly test?: number;
  readonly size?: readonly [number, number];
  readonly preset?: SynthesizePreset;
  readonly inject?: readonly string[];
}

type SynthesizePreset = keyof typeof synthesizePresets;
const presetNames = Object.keys(synthesizePresets) as readonly SynthesizePreset[];

const syntheticKinds = ['cityscapes'] as const;
const depths = ['names', 'headers', 'sample', 'all'] as const;

interface CheckOptions {
  readonly depth?: (typeof depths)[number];
  readonly csv?: string;
}

/** `lab data check` and `synthesize`: folders that need not be registered. */
export function addDataFolderCommands(data: Command, host: CommandHost): void {
  handle<[string], CheckOptions>(
    examples(
      data
        .command('check')
        .argument('<dir>', 'folder of a data set, or the name of a registered one')
        .description(
          'recognise and examine a folder without registering it; exit 1 when there are errors, 2 when it holds several data sets',
        )
        .option(
          '--depth <D>',
          `how far to look: ${depths.join(', ')} (default: sample decodes some files, all every one)`,
          oneOf('--depth', depths),
        )
        .option('--csv <FILE>', 'also write the findings as a table'),
      ['lab data check /data/cityscapes', 'lab data check /data/cityscapes --depth all --json'],
      '{ "kind": "cityscapes", "root": "/data/cityscapes", "splits": { "train": 2975, "val": 500 },\n  "findings": [{ "code": "file.zero-bytes", "severity": "error", "path": "…", "message": "…", "tip": "…" }] }',
    ),
    host,
    check,
  );
  handle<[(typeof syntheticKinds)[number], string], SynthesizeArguments>(
    examples(
      data
        .command('synthesize')
        .argument('<kind>', syntheticKinds.join(', '), oneOf('KIND', syntheticKinds))
        .argument('<dir>', 'folder to write; continued when it was cut off')
        .description('write a synthetic data set in the official layout')
        .option('--preset <P>', `sizes of a set: ${presetNames.map(presetText).join('; ')} (default: demo)`, oneOf('--preset', presetNames))
        .option('--train <N>', 'pictures to train on', wholeNumber('--train', 0, 1_000_000))
        .option('--val <N>', 'pictures to validate on', wholeNumber('--val', 0, 1_000_000))
        .option(
          '--test <N>',
          'pictures without public labels (none unless asked for, once --train or --val is given)',
          wholeNumber('--test', 0, 1_000_000),
        )
        .option('--size <HxW>', 'size in pixels, height first', size('--size'))
        .option(
          '--inject <CODES>',
          `spoil a file or two for each of these findings of data check, separated by commas: ${CITYSCAPES_DEFECTS.join(', ')}`,
          listOf,
        ),
      ['lab data synthesize cityscapes streets --train 200 --val 50 --size 128x256 --seed 1'],
      '{ "kind": "cityscapes", "root": "/data/streets", "counts": { "train": 200, "val": 50, "test": 0 }, "written": 250 }',
    ),
    host,
    synthesize,
  );
}

async function check(session: Session, [place]: [string], { depth, csv }: CheckOptions): Promise<CommandResult> {
  const level = (depths.indexOf(depth ?? 'sample') + 1) as CheckResult['level'];
  const lab = await session.lab();
  const request = !existsSync(place) && (await isRegistered(lab, place)) ? { name: place, level } : { root: resolve(place), level };
  const result = await followJob(
    session,
    lab,
    { kind: 'check-dataset', unit: 'files', message: 'Checking was cut off; nothing was changed.' },
    () => lab.checkDataset(request),
  );
  if (csv !== undefined) writeFileWhole(csv, findingsCsv(result.findings));
  const hasErrors = result.findings.some((finding) => finding.severity === 'error');
  return { document: result, text: describeCheck(result), exit: hasErrors ? exitCodes.failed : exitCodes.done };
}

async function isRegistered(lab: LabApi, name: string): Promise<boolean> {
  return lab.dataset(name).then(
    () => true,
    () => false,
  );
}

function describeCheck(result: CheckResult): string {
  const { root, status, splits, fingerprint, findings, notFound } = result;
  return [
    facts([
      ['kind', kindText(result)],
      ['folder', root],
      ['status', status],
      ['splits', splitsText(splits)],
      ['fingerprint', fingerprint],
      ['not there', notFound.length === 0 ? undefined : notFound.join('; ')],
    ]),
    findingsText(findings),
  ].join('\n');
}

async function synthesize(
  session: Session,
  [kind, dir]: [(typeof syntheticKinds)[number], string],
  wanted: SynthesizeArguments,
): Promise<CommandResult> {
  const progress = new Progress(session.output, 'pictures');
  const plan = synthesizePlan(wanted);
  const result = await cancellable(session, 'Drawing was cut off; the same command continues it.', (signal) =>
    synthesizeCityscapes(dir, {
      seed: session.options.seed ?? defaultSynthesizeOptions.seed,
      ...plan,
      signal,
      onProgress: ({ done, total }) => progress.update(done, total),
    }),
  ).finally(() => progress.end());
  const counts = Object.entries(result.counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  const drawn = result.written === 0 ? 'complete already' : `${result.written} drawn`;
  return {
    document: { kind, ...result },
    text: `${result.root}: ${counts} pictures, ${drawn}. Next: lab data add ${shellWord(result.root)}`,
  };
}

/** The preset with what is given instead; pictures for a test are drawn with given counts only when they are asked for. */
function synthesizePlan({ train, val, test, size: wantedSize, preset, inject }: SynthesizeArguments) {
  const chosen = synthesizePresets[preset ?? 'demo'];
  const hasCounts = train !== undefined || val !== undefined;
  return {
    train: train ?? chosen.train,
    val: val ?? chosen.val,
    test: test ?? (hasCounts ? 0 : chosen.test),
    height: wantedSize?.[0] ?? chosen.height,
    width: wantedSize?.[1] ?? chosen.width,
    inject: parseDefects(inject ?? []),
  };
}

function presetText(name: SynthesizePreset): string {
  const { train, val, test, height, width } = synthesizePresets[name];
  return `${name} = ${train} to train on, ${val} to validate, ${test} to test, ${height}x${width}`;
}
