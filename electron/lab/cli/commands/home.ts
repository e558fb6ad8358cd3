import type { Command } from 'commander';
import type { DoctorReport } from '../../../ipc/contract.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { CliError, exitCodes } from '../failure.ts';
import { bytesText, timeText } from '../format.ts';
import { facts, table } from '../table.ts';

/** `lab doctor` and `lab prune`: the home folder itself. */
export function addHomeCommands(program: Command, host: CommandHost): void {
  handle<[], { restore?: boolean; startEmpty?: boolean }>(
    examples(
      program
        .command('doctor')
        .description('examine the home: database, backups, who holds it; exit 1 when something is wrong')
        .option(
          '--restore',
          "bring the newest backup of the database back, and what the experiments' folders remember; the damaged one is kept",
        )
        .option('--start-empty', 'begin with an empty database; the damaged one is kept'),
      ['lab doctor', 'lab doctor --restore'],
    ),
    host,
    async (session, _, { restore, startEmpty }) => {
      if (restore === true && startEmpty === true) throw new CliError('usage', 'doctor takes --restore or --start-empty, not both.');
      const lab = await session.lab();
      const repair = restore === true ? 'restore' : startEmpty === true ? 'start-empty' : undefined;
      const report = await lab.doctor(repair === undefined ? {} : { repair });
      const isWell = !report.findings.some((finding) => finding.severity === 'error');
      return { document: report, text: describeReport(report), exit: isWell ? exitCodes.done : exitCodes.failed };
    },
  );
  handle<[], { apply?: boolean }>(
    examples(
      program
        .command('prune')
        .description('list checkpoints and partial files that nothing needs any more, with their sizes')
        .option('--apply', 'delete them'),
      ['lab prune', 'lab prune --apply'],
    ),
    host,
    async (session, _, { apply }) => {
      const report = await (await session.lab()).prune({ apply: apply ?? false });
      const rows = report.files.map((file) => [file.path, bytesText(file.bytes), file.reason]);
      const sum = `${bytesText(report.bytes)} ${report.applied ? 'deleted' : 'can be deleted: lab prune --apply'}`;
      return {
        document: report,
        text:
          rows.length === 0
            ? 'Nothing to delete.'
            : `${table([{ title: 'file' }, { title: 'size', align: 'right' }, { title: 'why' }], rows)}\n${sum}`,
      };
    },
  );
}

function repairText({ action, kept, added, updated }: NonNullable<DoctorReport['repaired']>): string {
  const lists = { kept, 'rebuilt from folders': added, 'brought up to date from folders': updated };
  return [
    action,
    ...Object.entries(lists)
      .filter(([, names]) => names.length > 0)
      .map(([what, names]) => `${what}: ${names.join(', ')}`),
  ].join('; ');
}

function describeReport(report: DoctorReport): string {
  const { holder, repaired } = report;
  return [
    facts([
      ['home', report.home],
      ['database', `${report.database}${report.schemaVersion === undefined ? '' : `, version ${report.schemaVersion}`}`],
      ['held by', holder === undefined ? 'nobody' : `process ${holder.pid} (${holder.command}), since ${timeText(holder.since)}`],
      [
        'backups',
        report.backups.map((backup) => `${backup.file} (${bytesText(backup.bytes)}, ${timeText(backup.at)})`).join('\n') || 'none',
      ],
      ['lacking', report.lacking.join(', ')],
      ['repaired', repaired === undefined ? undefined : repairText(repaired)],
    ]),
    ...report.findings.map(
      (finding) => `${finding.severity}: ${finding.message}${finding.tip === undefined ? '' : ` Tip: ${finding.tip}`}`,
    ),
  ].join('\n');
}
