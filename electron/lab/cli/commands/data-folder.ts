import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CheckResult } from '../../../../datasets/check.ts';
import { findingsCsv } from '../../../../datasets/findings-csv.ts';
import type { LabApi } from '../../../ipc/contract.ts';
import { oneOf } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { writeFileWhole } from '../files.ts';
import { followJob } from '../follow-job.ts';
import { findingsText, kindText, splitsText } from '../dataset-text.ts';
import type { CommandResult, Session } from '../session.ts';
import { facts } from '../table.ts';
import { addSynthesizeCommand } from './data-synthesize.ts';

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
  addSynthesizeCommand(data, host);
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
