/** From what is needed to the files that hold it. */
import { EngineError } from '../../../engine/error.ts';
import { knownWheels } from './known-wheels.ts';
import { listFiles, withoutCredentials } from './package-index.ts';
import type { IndexFile, Indexes } from './package-index.ts';
import type { WheelPlan } from './tensorflow-wheels.ts';
import { parseWheelName } from './wheel-name.ts';
import type { Requirement, WheelName } from './wheel-name.ts';

/** A wheel that can be downloaded. */
export interface WheelSource {
  readonly file: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sizeBytes?: number;
  readonly sha256: string;
}

/**
 * One wheel for each requirement of the plan. Throws EngineError 'no-index', 'no-network', 'index-failed', 'wheel-not-found', 'no-checksum' when the
 * index gives none, 'wheel-differs' when it gives another than the published one. `known` is an argument for tests.
 */
export async function findWheels(
  plan: WheelPlan,
  indexes: Indexes,
  signal: AbortSignal,
  known: Readonly<Record<string, string>> = knownWheels,
): Promise<readonly WheelSource[]> {
  if (indexes.length === 0) {
    throw new EngineError('no-index', 'Installing native TensorFlow: no package index is known; PIP_INDEX_URL names none, nor does pip.', {
      tip: "Install Python's pip, or set PIP_INDEX_URL to the address of an index, or download the wheel elsewhere and give it: --wheel FILE.",
    });
  }
  const found: WheelSource[] = [];
  for (const requirement of plan.requirements) found.push(await findWheel(plan, requirement, indexes, signal, known));
  return found;
}

async function findWheel(
  plan: WheelPlan,
  requirement: Requirement,
  indexes: Indexes,
  signal: AbortSignal,
  known: Readonly<Record<string, string>>,
): Promise<WheelSource> {
  for (const index of indexes) {
    const best = bestWheel(await listFiles(index, requirement.name, signal), plan, requirement, known);
    if (best !== undefined) return checked(best, index, known);
  }
  const hosts = indexes.map((index) => withoutCredentials(index).url.host).join(', ');
  throw new EngineError(
    'wheel-not-found',
    `Installing native TensorFlow: the package index (${hosts}) has no published wheel of ${requirement.name} ${requirement.version} for ${process.platform}-${process.arch}.`,
    { tip: "Check pip's index-url (pip config list), or download the wheel elsewhere and give it: --wheel FILE." },
  );
}

/** Among wheels that differ in Python only, the one for the newest. */
export function bestWheel(
  files: readonly IndexFile[],
  plan: WheelPlan,
  requirement: Requirement,
  known: Readonly<Record<string, string>> = knownWheels,
): IndexFile | undefined {
  const fitting = files.flatMap((entry) => {
    const name = parseWheelName(entry.file);
    return name && !entry.isYanked && fits(name, requirement, plan) && isPublished(entry.file, known) ? [{ entry, name }] : [];
  });
  fitting.sort((a, b) => pythonNumber(b.name.python) - pythonNumber(a.name.python));
  return fitting[0]?.entry;
}

/** Whether a wheel is what the plan needs, and runs here. */
export function fits({ name, version, platforms }: WheelName, requirement: Requirement, plan: WheelPlan): boolean {
  return name === requirement.name && version === requirement.version && platforms.some((tag) => plan.runsHere(tag));
}

/** Of a package that has published wheels these and no others: another name would go round their checksums. */
export function isPublished(file: string, known: Readonly<Record<string, string>>): boolean {
  if (file in known) return true;
  const name = parseWheelName(file)?.name;
  return !Object.keys(known).some((published) => parseWheelName(published)?.name === name);
}

/** 'cp311' -> 311. */
function pythonNumber(tag: string): number {
  return Number(/\d+/.exec(tag)?.[0] ?? 0);
}

function checked({ file, url, sizeBytes, sha256 }: IndexFile, index: string, known: Readonly<Record<string, string>>): WheelSource {
  const published = known[file];
  const digest = published ?? sha256;
  const { url: indexUrl, headers } = withoutCredentials(index);
  if (digest === undefined) {
    throw new EngineError(
      'no-checksum',
      `Installing native TensorFlow: the package index ${indexUrl.host} gives no checksum for ${file}.`,
      {
        tip: 'Use an index that does, or download the wheel elsewhere and give it: --wheel FILE.',
      },
    );
  }
  if (sha256 !== undefined && sha256 !== digest) {
    throw new EngineError(
      'wheel-differs',
      `Installing native TensorFlow: the package index ${indexUrl.host} has another ${file} (SHA-256 ${sha256}) than was published (${digest}).`,
      { tip: 'Do not trust this index; use another one (PIP_INDEX_URL).' },
    );
  }
  // Credentials go to the index alone, not to wherever it keeps its files.
  const own = new URL(url).origin === indexUrl.origin ? headers : {};
  return { file, url, headers: own, sha256: digest, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
}
