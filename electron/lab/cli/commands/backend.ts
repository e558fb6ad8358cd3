import type { Command } from 'commander';
import { collect } from '../arguments.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';

interface InstallOptions {
  readonly cuda?: boolean;
  readonly wheel?: readonly string[];
}

/** `lab backend ls`, `install`, `remove` and `bench`. What they need is loaded only when one of them runs. */
export function addBackendCommands(program: Command, host: CommandHost): void {
  const backend = program.command('backend').description('what can compute here, how fast; install native TensorFlow');
  handle(
    examples(
      backend.command('ls').description('try each backend: threads, devices, speed, and why one cannot be used'),
      ['lab backend ls'],
      '{ "backends": [{ "id": "wasm", "isAvailable": true, "threads": 1, "devices": [], "stepMs": 9.1, "factor": 1, … }, …] }',
    ),
    host,
    async (session) => (await import('../backend-survey.ts')).listBackendsHere(session),
  );
  handle<[string], InstallOptions>(
    examples(
      backend
        .command('install')
        .argument('<name>', 'tensorflow')
        .description("download TensorFlow's library, unpack what is needed, try it; goes on where it was cut off")
        .option('--cuda', 'the one for NVIDIA GPUs, with its own CUDA libraries; the driver must be there')
        .option('--wheel <FILE>', 'a wheel that was downloaded elsewhere, instead of a download; may be repeated', collect),
      ['lab backend install tensorflow', 'lab backend install tensorflow --cuda'],
      '{ "installed": { "version": "2.21.0", "variant": "cpu", "folder": "…", "sizeBytes": 861000000 }, "wasInstalled": false, "addon": "prebuilt", "stepMs": 2.1, "factor": 4.3, "threads": 2, "devices": [DEVICE, …] }',
    ),
    host,
    async (session, [name], options) => (await import('../backend-install.ts')).installBackend(session, name, options),
  );
  handle<[string]>(
    examples(
      backend.command('remove').argument('<name>', 'tensorflow').description('delete what install has made'),
      ['lab backend remove tensorflow'],
      '{ "removed": "…/native", "freedBytes": 861000000 }',
    ),
    host,
    async (session, [name]) => (await import('../backend-install.ts')).removeBackend(session, name),
  );
  handle(
    examples(
      backend.command('bench').description('measure a fixed small training step on every backend that is ready (or on --backend)'),
      ['lab backend bench', 'lab backend bench --backend wasm --json'],
      '{ "measured": [{ "id": "tensorflow", "stepMs": 10.1, "factor": 1.9 }, { "id": "wasm", "stepMs": 19.3, "factor": 1 }], "chosen": { "id": "tensorflow", "reason": "…" }, "failed": [] }',
    ),
    host,
    async (session) => (await import('../backend-survey.ts')).benchBackends(session),
  );
}
