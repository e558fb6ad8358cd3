import type { ExperimentView } from '../../ipc/contract.ts';

/**
 * The commands that compute experiments again from their configurations in `configs/`, with the backend and the threads they ran on.
 * Data sets are named as they were registered; the fingerprint says whether one is the same.
 */
export function reproduceCommands(experiments: readonly ExperimentView[]): string {
  const datasets = new Map(experiments.map(({ environment: { dataset } }) => [dataset.name, dataset]));
  return [
    '#!/usr/bin/env bash',
    '# Run in this folder. DATA_<NAME> names the folder of each data set; one that is registered already needs none.',
    'set -euo pipefail',
    '',
    ...[...datasets.values()].flatMap(({ name, kind, fingerprint }) => [
      `# ${kind}, fingerprint ${fingerprint}`,
      `if [ -n "\${${variableOf(name)}:-}" ]; then lab data add "$${variableOf(name)}" --name ${quoted(name)}; fi`,
    ]),
    '',
    ...experiments.map(({ id, environment: { backend, threads } }) =>
      [
        `lab search configs/${id}.json`,
        ...(backend === 'auto' ? [] : [`--backend ${backend}`]),
        // Only where the backend has threads to choose.
        ...(threads === undefined || backend === 'wasm' || backend === 'cpu' ? [] : [`--threads ${threads}`]),
        `--name ${quoted(`${id} again`)}`,
      ].join(' '),
    ),
    '',
  ].join('\n');
}

function variableOf(name: string): string {
  return `DATA_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
