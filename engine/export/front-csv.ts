import type { FrontTable } from './front-table.ts';
import { sizeText } from './quantity.ts';

const columns = [
  'experiment',
  'trial',
  'series',
  'role',
  'on_front',
  'knee',
  'equal_trials',
  'macs',
  'params',
  'activation_bytes',
  'input',
  'metric',
  'value',
  'split',
  'kind',
  'steps',
  'seed',
  'architecture',
] as const;

/** All rows of a front as CSV (RFC 4180, CRLF between lines); metrics are fractions, costs plain counts. */
export function frontCsv(table: FrontTable): string {
  const lines = table.rows.map(({ trial, ...row }) => [
    row.experiment,
    trial.number,
    trial.series ?? '',
    trial.role,
    row.isOnFront,
    row.isKnee,
    row.count,
    trial.cost.macs,
    trial.cost.params,
    trial.cost.activationBytes,
    sizeText(trial.cost.input),
    table.metric,
    row.y,
    row.split,
    row.kind,
    trial.steps,
    trial.seed,
    trial.hash,
  ]);
  return [columns, ...lines].map((line) => line.map((value) => field(String(value))).join(',')).join('\r\n') + '\r\n';
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
