import { csvField } from './csv.ts';
import type { FrontRow } from './front-row.ts';
import type { FrontTable } from './front-table.ts';
import type { PublishedNetwork } from './published-network.ts';
import { sizeText } from './quantity.ts';

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

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
  'mean',
  'sd',
  'seeds',
  'latency_p50_ms',
  'device',
  'feasible',
  'excluded_because',
  'source',
] as const;

/**
 * All rows of a front, and the published networks beside them, as CSV (RFC 4180, CRLF between lines); metrics are fractions, costs plain
 * counts. `warnings` of the table come as lines of the role 'warning', with their text as the source, so that they travel with the numbers.
 */
export function frontCsv(table: FrontTable): string {
  const lines = [
    ...table.rows.map((row) => rowValues(table.metric, row)),
    ...table.published.map(publishedValues),
    ...table.warnings.map((warning): Values => ({ role: 'warning', source: warning })),
  ];
  return (
    [columns.join(','), ...lines.map((line) => columns.map((name) => csvField(String(line[name] ?? ''))).join(','))].join('\r\n') + '\r\n'
  );
}

function rowValues(metric: string, { trial, ...row }: FrontRow): Values {
  return {
    experiment: row.experiment,
    trial: trial.number,
    series: trial.series,
    role: trial.role,
    on_front: row.isOnFront,
    knee: row.isKnee,
    equal_trials: row.count,
    macs: trial.cost.macs,
    params: trial.cost.params,
    activation_bytes: trial.cost.activationBytes,
    input: sizeText(trial.cost.input),
    metric,
    value: row.y,
    split: row.split,
    kind: row.kind,
    steps: trial.steps,
    seed: trial.seed,
    architecture: trial.hash,
    mean: row.spread?.mean,
    sd: row.spread?.sd,
    seeds: row.spread?.seeds,
    latency_p50_ms: trial.latencyMs,
    device: trial.latencyDevice,
    feasible: row.isFeasible,
    excluded_because: trial.exclusion,
  };
}

function publishedValues({ name, macs, params, activationBytes, input, value, metric, on, source }: PublishedNetwork): Values {
  return {
    experiment: name,
    role: 'published',
    on_front: false,
    knee: false,
    macs,
    params,
    activation_bytes: activationBytes,
    input,
    ...(value === null ? {} : { metric, value, split: on, kind: 'published' }),
    source,
  };
}
