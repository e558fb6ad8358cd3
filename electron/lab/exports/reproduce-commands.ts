import type { ExperimentView } from '../../ipc/contract.ts';

/**
 * The commands that compute experiments again from their configurations in `configs/`, with the backend and the threads they ran on.
 * Data sets are named as they were registered; the fingerprint says whether one is the same. Records may come from anybody's file, so every text of
 * theirs stands in quotes or, without line ends, in a comment.
 */
export function reproduceCommands(experiments: readonly ExperimentView[]): string {
  const datasets = new Map(experiments.map(({ environment: { dataset } }) => [dataset.name, dataset]));
  return [
    '#!/usr/bin/env bash',
    '# Run in this folder. DATA_<NAME> names the folder of each data set; one that is registered already needs none.',
    'set -euo pipefail',
    '',
    ...[...datasets.values()].flatMap(({ name, kind, fingerprint }) => [
      `# ${oneLine(kind)}, fingerprint ${oneLine(fingerprint)}`,
      `if [ -n "\${${variableOf(name)}:-}" ]; then lab data add "$${variableOf(name)}" --name ${quoted(name)}; fi`,
    ]),
    '',
    ...experiments.map(({ id, environment: { backend, threads } }) =>
      [
        `lab search ${word(`configs/${id}.json`)}`,
        ...(backend === 'auto' ? [] : [`--backend ${word(backend)}`]),
        // Only where the backend has threads to choose.
        ...(threads === undefined || backend === 'wasm' || backend === 'cpu' ? [] : [`--threads ${word(String(threads))}`]),
        `--name ${quoted(`${id} again`)}`,
      ].join(' '),
    ),
    '',
  ].join('\n');
}

function variableOf(name: string): string {
  return `DATA_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
}

/** As it is where a shell takes it for nothing else. */
function word(text: string): string {
  return /^[A-Za-z0-9][\w./:+-]*$/.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return `'${oneLine(text).replaceAll("'", "'\\''")}'`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
