import { homedir } from 'node:os';
import type { LabApi } from '../../ipc/contract.ts';

const failuresShown = 20;
const linesShown = 40;

/** What helps to find a fault, without the paths of data and of the user's folder. */
export async function diagnostics(lab: LabApi, home: string) {
  const [info, settings, home_, backends, experiments, datasets] = await Promise.all([
    lab.appInfo(),
    lab.settings(),
    lab.doctor(),
    lab.backends(),
    lab.experiments(),
    lab.datasets(),
  ]);
  const hide = hider([...datasets.map(({ root }) => root), home, homedir()]);
  const troubled = experiments.filter(({ failure }) => failure !== undefined).slice(0, failuresShown);
  const failures = await Promise.all(
    troubled.map(async ({ id, system, state, failure, environment: { backend, appVersion } }) => ({
      ...{ id, system, state, failure, backend, appVersion },
      log: (await lab.log(id, { limit: linesShown })).map(({ time, level, message }) => `${time} ${level} ${message}`),
    })),
  );
  const { version, nodeVersion, platform, cores, processor, memoryBytes, freeDiskBytes } = info;
  const document = {
    writtenAt: new Date().toISOString(),
    versions: { lab: version, node: nodeVersion, platform },
    machine: { processor, cores, memoryBytes, freeDiskBytes },
    settings: { ...settings, storage: {} },
    database: { state: home_.database, schemaVersion: home_.schemaVersion, findings: home_.findings },
    backends,
    datasets: datasets.map(({ kind, splits, isAvailable, health }) => ({ kind, splits, isAvailable, status: health?.status })),
    experiments: experiments.length,
    failures,
  };
  return hide(document);
}

/** Replaces each of these paths wherever it stands, the longest first. */
function hider(paths: readonly string[]): (value: unknown) => unknown {
  const sorted = [...new Set(paths)].filter((path) => path.length > 1).sort((a, b) => b.length - a.length);
  const hide = (value: unknown): unknown => {
    if (typeof value === 'string') return sorted.reduce((text, path) => text.replaceAll(path, '<path>'), value);
    if (Array.isArray(value)) return value.map(hide);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)]));
    }
    return value;
  };
  return hide;
}
