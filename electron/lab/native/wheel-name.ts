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

/** A package, normalised, and the version of it that will do. */
export interface Requirement {
  readonly name: string;
  readonly version: string;
}

/** Undefined for what is no wheel, and for a name that is more than the name of a file. */
export function parseWheelName(file: string): WheelName | undefined {
  if (!/^[\w.+-]+$/.test(file)) return undefined;
  const parts = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-[^-]+-([^-]+)\.whl$/.exec(file);
  if (parts === null) return undefined;
  const [, name = '', version = '', python = '', platform = ''] = parts;
  return { name: normalName(name), version, python, platforms: platform.split('.') };
}

/** PEP 503: 'nvidia_cublas_cu12' and 'nvidia.cublas-cu12' are one package. */
export function normalName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}
