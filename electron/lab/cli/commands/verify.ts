import type { Command } from 'commander';
import type { GoldenResult } from '../../../../engine/verify/golden-result.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { readJson } from '../files.ts';
import type { CommandResult, Session } from '../session.ts';
import { table } from '../table.ts';

/** `lab verify`. */
export function addVerifyCommand(program: Command, host: CommandHost): void {
  handle<[string[]]>(
    examples(
      program
        .command('verify')
        .argument('<files...>', 'golden files (JSON)')
        .description(
          'check networks against golden files: names, shapes, counts, outputs, training losses; exit 1 when one deviates too far',
        ),
      ['lab verify tests/fixtures/reference/hr-nas/cityscapes-cs2.json'],
      '{ "files": [{ "file", "pass": true, "worst": { "what", "deviation", "allowed" }, "checks": […], "skipped": […], "absent": […] }] }',
    ),
    host,
    verify,
  );
}

async function verify(session: Session, [files]: [string[]]): Promise<CommandResult> {
  const goldens = files.map((file) => [file, readJson(file, 'the golden file')] as const);
  const { defaultVerifyOptions, verifyGolden } = await import('../../../../engine/verify/verify.ts');
  const { openChosenBackend } = await import('../network.ts');
  const backend = await openChosenBackend(session);
  const results: GoldenResult[] = [];
  for (const [file, value] of goldens) {
    session.output.notice(`checking ${file} on ${backend.id}`);
    results.push(await verifyGolden(file, value, defaultVerifyOptions(backend)));
  }
  const rows = results.map((result) => [
    result.pass ? 'pass' : 'FAIL',
    result.file,
    String(result.checks.length),
    result.worst.what,
    result.worst.deviation.toExponential(1),
    result.worst.allowed.toExponential(1),
  ]);
  const skipped = results.flatMap((result) => result.skipped.map((what) => `skipped on ${backend.id}: ${result.file}: ${what}`));
  const absent = results.filter((result) => result.absent.length > 0).map((result) => `not in ${result.file}: ${result.absent.join(', ')}`);
  const columns = [
    { title: '' },
    { title: 'file' },
    { title: 'checks', align: 'right' as const },
    { title: 'largest deviation' },
    { title: 'is', align: 'right' as const },
    { title: 'allowed', align: 'right' as const },
  ];
  return {
    document: { files: results, backend: backend.id },
    text: [table(columns, rows), ...skipped, ...absent].join('\n'),
    exit: results.every((result) => result.pass) ? exitCodes.done : exitCodes.failed,
  };
}
