import type { Command } from 'commander';
import { checkBackendOptions, listBackends } from '../../../../engine/backend/descriptions.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import type { CommandResult, Session } from '../session.ts';
import { table } from '../table.ts';

/** `lab backend ls` and `bench`. The backends themselves are loaded only when one of these runs. */
export function addBackendCommands(program: Command, host: CommandHost): void {
  const backend = program.command('backend').description('what can compute here');
  handle(
    examples(backend.command('ls').description('start and test each backend; list them, and why one cannot be used'), ['lab backend ls']),
    host,
    async () => {
      const { probeBackends } = await import('../../../../engine/backend/backend.ts');
      const backends = await probeBackends();
      const rows = backends.map((entry) => [
        entry.id,
        entry.isAvailable ? 'ready' : 'not here',
        entry.canSetThreads ? '--threads N' : 'one',
        entry.name,
        entry.isAvailable ? `${entry.purpose}${entry.isReferenceOnly ? ' only' : ''}` : `${entry.purpose}. ${entry.reason ?? ''}`,
      ]);
      return {
        document: { backends },
        text: table([{ title: 'id' }, { title: 'state' }, { title: 'threads' }, { title: 'name' }, { title: 'for' }], rows),
      };
    },
  );
  handle(
    examples(
      backend.command('bench').description('measure a fixed small training step on every backend that is ready (or on --backend)'),
      ['lab backend bench', 'lab backend bench --backend wasm --json'],
      '{ "measured": [{ "id": "wasm", "stepMs": 9.1 }], "chosen": { "id": "wasm", "reason": "…" } }',
    ),
    host,
    bench,
  );
}

async function bench({ options, output }: Session): Promise<CommandResult> {
  const { calibrate, chooseBackend, openBackend } = await import('../../../../engine/backend/backend.ts');
  const ids =
    options.backend === undefined
      ? listBackends()
          .filter((entry) => entry.isAvailable)
          .map((entry) => entry.id)
      : [options.backend];
  const wanted = options.threads === undefined ? {} : { threads: options.threads };
  const measured = [];
  for (const id of ids) {
    checkBackendOptions(id, wanted);
    output.notice(`measuring ${id}`);
    measured.push(await calibrate(await openBackend(id, wanted)));
  }
  const chosen = chooseBackend(measured);
  const rows = measured.map(({ id, stepMs }) => [id, `${stepMs.toFixed(1)} ms`, id === chosen.id ? 'chosen' : '']);
  return {
    document: { measured, chosen },
    text: `${table([{ title: 'id' }, { title: 'step', align: 'right' }, { title: '' }], rows)}\n${chosen.id}: ${chosen.reason}`,
  };
}
