/** Names and versions of Python packages, as far as wheels with libraries need them. */

/** What the name of a wheel says (PEP 427). */
export interface WheelName {
  /** Normalised: 'tensorflow-cpu'. */
  readonly name: string;
  readonly version: string;
  /** 'cp311', 'py3'. */
  readonly python: string;
  /** 'manylinux_2_27_x86_64'; several where one file serves several. */
  readonly platforms: readonly string[];
}

/** A package and the versions that will do: from `from` on, below `below`. */
export interface Requirement {
  readonly name: string;
  readonly from: string;
  readonly below?: string;
}

/** Undefined for what is no wheel. */
export function parseWheelName(file: string): WheelName | undefined {
  const parts = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-[^-]+-([^-]+)\.whl$/.exec(file);
  if (parts === null) return undefined;
  const [, name = '', version = '', python = '', platform = ''] = parts;
  return { name: normalName(name), version, python, platforms: platform.split('.') };
}

/** PEP 503: 'nvidia_cublas_cu12' and 'nvidia.cublas-cu12' are one package. */
export function normalName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}

/** Released versions only: '2.21.0rc1' satisfies nothing. */
export function satisfies(version: string, { from, below }: Requirement): boolean {
  if (!/^\d+(\.\d+)*(\.post\d+)?$/.test(version)) return false;
  if (below === undefined) return version === from;
  return compareVersions(version, from) >= 0 && compareVersions(version, below) < 0;
}

/** Number by number; a missing one counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number(part.replace('post', ''))));
  for (let i = 0; i < Math.max(left!.length, right!.length); i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
