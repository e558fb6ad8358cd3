import { dirname, join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { writeFileSafely } from '../../../db/checkpoints/file-system.ts';
import type { ExperimentView, LabApi } from '../../ipc/contract.ts';
import type { PaperPack } from '../../ipc/exports.ts';
import type { LabContext } from '../context.ts';
import { exportTarget } from '../write-export.ts';
import { reproduceCommands } from './reproduce-commands.ts';

const frontFiles = { csv: 'front.csv', latex: 'front.tex', svg: 'front.svg' } as const;

/** Everything that a paper needs of one or several experiments, in one folder. */
export async function paperPack(
  { api, layout }: LabContext,
  ids: readonly string[],
  { target, title }: { readonly target?: string; readonly title?: string } = {},
): Promise<PaperPack> {
  const lab = api();
  const experiments = await Promise.all(ids.map((id) => lab.experiment(id)));
  const names = experiments.map(({ id }) => id);
  const folder = exportTarget(layout.root, `paper-${names.join('-')}`, target);
  const files: { name: string; bytes: number }[] = [];
  const write = (name: string, text: string): void => {
    const bytes = new TextEncoder().encode(text);
    const path = join(folder, name);
    writeFileSafely(path, dirname(path), bytes);
    files.push({ name, bytes: bytes.length });
  };
  const caption = title ?? experiments.map(({ name }) => name).join(', ');
  for (const [format, name] of Object.entries(frontFiles)) {
    const { bytes } = await lab.exportFront({
      ids: names,
      format: format as keyof typeof frontFiles,
      title: caption,
      target: join(folder, name),
    });
    files.push({ name, bytes });
  }
  write('results.json', `${JSON.stringify(await results(lab, experiments), null, 2)}\n`);
  for (const { id, config } of experiments) write(join('configs', `${id}.json`), `${JSON.stringify(config, null, 2)}\n`);
  write('reproduce.sh', reproduceCommands(experiments));
  write('README.md', readme(caption, experiments));
  return { folder, files };
}

/** Seeds, versions, fingerprints and every trial, so that no number of the other files stands alone. */
async function results(lab: LabApi, experiments: readonly ExperimentView[]) {
  return {
    writtenAt: new Date().toISOString(),
    lab: packageJson.version,
    experiments: await Promise.all(
      experiments.map(async ({ id, name, system, state, config, environment, seconds, createdAt, origin }) => ({
        id,
        name,
        system,
        state,
        createdAt,
        seconds,
        ...(origin === undefined ? {} : { origin }),
        seed: (config as { readonly seed?: number }).seed,
        environment: { ...environment, dataset: { ...environment.dataset, root: undefined } },
        config,
        trials: (await lab.trials(id)).map(({ checkpoint: _checkpoint, experiment: _experiment, ...trial }) => trial),
      })),
    ),
  };
}

function readme(caption: string, experiments: readonly ExperimentView[]): string {
  const rows = experiments.map(
    ({ id, system, state, environment: { backend, dataset, appVersion } }) =>
      `| ${id} | ${system} | ${state} | ${dataset.name} (${dataset.kind}, ${dataset.fingerprint.slice(0, 12)}) | ${backend} | ${appVersion} |`,
  );
  return [
    `# ${caption}`,
    '',
    '| experiment | system | state | data set (fingerprint) | backend | version |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '- `front.csv`: every trial; metrics are fractions, costs plain counts.',
    '- `front.tex`: the front as a table; compiles with the standard classes.',
    '- `front.svg`: the front as a drawing.',
    '- `results.json`: the same numbers with architectures, seeds, versions and fingerprints.',
    '- `configs/`: the whole configuration of each experiment.',
    '- `reproduce.sh`: the commands that compute it again.',
    '',
  ].join('\n');
}
