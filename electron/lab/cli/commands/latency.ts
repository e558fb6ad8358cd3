import type { Command } from 'commander';
import type { DeviceProfile, LatencyReport } from '../../../ipc/latency.ts';
import { deviceChoice } from '../../device-choice.ts';
import { architectureHelp, refOf } from '../architecture-argument.ts';
import { size, wholeNumber } from '../arguments.ts';
import { cancellable } from '../cancellable.ts';
import { examples, handle } from '../command.ts';
import type { CommandHost } from '../command.ts';
import type { CommandResult, Session } from '../session.ts';
import { facts, table } from '../table.ts';

interface LatencyOptions {
  readonly input?: readonly [number, number];
  readonly batch?: number;
  readonly perNode?: boolean;
}

const shownLayers = 15;

/** `lab latency`, `lab profile-device`: latency by the clock. */
export function addLatencyCommands(program: Command, host: CommandHost): void {
  handle<[string], LatencyOptions>(
    examples(
      program
        .command('latency')
        .argument('<arch>', architectureHelp)
        .description('measured latency on this device: 10 runs to warm up, 50 timed; kept with a trial')
        .option('--input <HxW>', 'size in pixels, height first (default: as its trial was measured, else as published)', size('--input'))
        .option('--batch <N>', 'images at once (default: 1)', wholeNumber('--batch', 1, 256))
        .option('--per-node', 'each layer alone, too'),
      ['lab latency hr-nas:cs2 --input 512x1024', 'lab latency hrnas-7f3a2c:t12 --per-node --json'],
      '{ "name", "input", "p50Ms": 23.1, "p95Ms": 24.8, "meanMs": 23.3, "device", "backend", "threads", "mode": "compiled", "batch": 1, "warmUps": 10, "runs": 50, "nodesMs": {…} }',
    ),
    host,
    latency,
  );
  handle<[string], { input?: readonly [number, number]; networks?: number }>(
    examples(
      program
        .command('profile-device')
        .argument('<space-or-id>', 'a search space, or an experiment or a preset whose space and size are taken')
        .description('measure random networks and each kind of their layers alone: a table that predicts latency, with its error')
        .option('--input <HxW>', 'size in pixels, height first', size('--input'))
        .option('--networks <N>', 'random networks (default: 8)', wholeNumber('--networks', 1, 200)),
      ['lab profile-device hr-nas --input 256x512', 'lab profile-device lite-hrnet-demo --networks 40'],
      '{ "id", "device", "backend", "threads", "layers": 412, "networks": [{ "name", "p50Ms", "p95Ms", "sumMs" }], "predictor": { "factor", "errorMs", "fitted", "checked" } }',
    ),
    host,
    profileDevice,
  );
}

async function latency(session: Session, [text]: [string], { input, batch, perNode }: LatencyOptions): Promise<CommandResult> {
  const ref = await refOf(session, text);
  const lab = await session.lab();
  const document = await cancellable(session, 'The measurement was cut off.', () =>
    lab.measureLatency(ref, {
      layers: perNode === true,
      ...(input === undefined ? {} : { input }),
      ...(batch === undefined ? {} : { batch }),
      ...deviceChoice(session.options),
    }),
  );
  return { document, text: latencyText(document) };
}

function latencyText(report: LatencyReport): string {
  const { name, input, p50Ms, p95Ms, meanMs, device, backend, threads, mode, batch, nodesMs } = report;
  const lines = facts([
    ['network', `${name} at ${input.slice(0, 2).join('x')}, batch ${batch}`],
    [
      'latency',
      `p50 ${p50Ms.toFixed(2)} ms, p95 ${p95Ms.toFixed(2)} ms, mean ${meanMs.toFixed(2)} ms (${report.runs} runs after ${report.warmUps})`,
    ],
    ['device', `${device}, ${backend}, ${threads} thread${threads === 1 ? '' : 's'}, ${mode}`],
  ]);
  if (nodesMs === undefined) return lines;
  const slowest = Object.entries(nodesMs)
    .sort(([, a], [, b]) => b - a)
    .slice(0, shownLayers)
    .map(([id, ms]) => [id, ms.toFixed(3)]);
  return `${lines}\n\nslowest layers, each alone:\n${table([{ title: 'layer' }, { title: 'ms', align: 'right' }], slowest)}`;
}

async function profileDevice(
  session: Session,
  [what]: [string],
  { input, networks }: { input?: readonly [number, number]; networks?: number },
): Promise<CommandResult> {
  const lab = await session.lab();
  const { spaces, presets } = await lab.catalog();
  const isSpace = spaces.some(({ id }) => id === what);
  const isPreset = presets.some(({ name }) => name === what);
  const document = await cancellable(session, 'The profile was cut off; nothing of it is kept.', () =>
    lab.profileDevice({
      ...(isSpace ? { space: what } : isPreset ? { preset: what } : { experiment: what }),
      ...(input === undefined ? {} : { input }),
      ...(networks === undefined ? {} : { networks }),
      ...deviceChoice(session.options),
    }),
  );
  return { document, text: profileText(document) };
}

function profileText({ id, device, backend, threads, layers, networks, predictor }: DeviceProfile): string {
  const rows = networks.map(({ name, p50Ms, sumMs }) => [
    name,
    p50Ms.toFixed(2),
    predictor === undefined ? '—' : `≈ ${(predictor.factor * sumMs).toFixed(2)}`,
  ]);
  const columns = [{ title: 'network' }, { title: 'measured ms', align: 'right' }, { title: 'predicted ms', align: 'right' }] as const;
  return [
    facts([
      ['profile', id],
      ['device', `${device}, ${backend}, ${threads} thread${threads === 1 ? '' : 's'}`],
      ['layers', `${layers} kinds`],
      [
        'predictor',
        predictor === undefined
          ? 'needs four networks'
          : `± ${predictor.errorMs.toFixed(2)} ms on ${predictor.checked} networks it was not fitted on`,
      ],
    ]),
    '',
    table(columns, rows),
  ].join('\n');
}
