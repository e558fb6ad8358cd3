import { isAbsolute, resolve } from 'node:path';

/** What the app was started with; read before it is ready. */
export interface StartOptions {
  /** Folder of the lab; else LAB_HOME, else the platform's. */
  readonly home: string | undefined;
  /** Folder of Chromium's profile and window state. */
  readonly userData: string | undefined;
  readonly logLevel: LogLevel;
  /** For tests with an Electron whose Node is too old for the lab: a Node that runs it in a plain process. */
  readonly testLabNode: string | undefined;
  /** Files of the app's own kinds, absolute. */
  readonly files: readonly string[];
}

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Kinds that the app opens: see `openedKinds` in build/electron-builder.ts. */
const openedEndings = ['.naslab', '.nasarch.json'];

/** `--home DIR` or `--home=DIR`, the same for the others; whatever else stands there is Chromium's or Electron's own. */
export function startOptions(argv: readonly string[], cwd: string): StartOptions {
  const home = valueOf(argv, '--home');
  const userData = valueOf(argv, '--user-data-dir');
  const level = valueOf(argv, '--log-level');
  return {
    home: home === undefined ? undefined : resolve(cwd, home),
    userData: userData === undefined ? undefined : resolve(cwd, userData),
    logLevel: logLevels.find((known) => known === level) ?? 'info',
    testLabNode: valueOf(argv, '--test-lab-node'),
    files: openedFiles(argv, cwd),
  };
}

/** The files of our kinds among arguments, which another process may have been given: relative ones mean its folder. */
export function openedFiles(argv: readonly string[], cwd: string): readonly string[] {
  return argv
    .slice(1)
    .filter((arg) => !arg.startsWith('-') && isOpenedKind(arg))
    .map((arg) => (isAbsolute(arg) ? arg : resolve(cwd, arg)));
}

export function isOpenedKind(path: string): boolean {
  return openedEndings.some((ending) => path.toLowerCase().endsWith(ending));
}

/** A product runs its lab in its own Electron only; `metadata` is the package.json of the application. */
export function takesTestLab(isProduct: boolean, metadata: string): boolean {
  if (!isProduct) return true;
  try {
    return (JSON.parse(metadata) as { readonly isForTests?: unknown } | null)?.isForTests === true;
  } catch {
    return false;
  }
}

function valueOf(argv: readonly string[], name: string): string | undefined {
  const joined = argv.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  const at = argv.indexOf(name);
  const value = joined ?? (at < 0 ? undefined : argv[at + 1]);
  return value === undefined || value === '' || (joined === undefined && value.startsWith('-')) ? undefined : value;
}
