/** The addon between the engine and TensorFlow's library: built here in a checkout, brought along by an installed package. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addonPath } from '../../../engine/backend/tensorflow/load-addon.ts';
import { EngineError } from '../../../engine/error.ts';

export interface PreparedAddon {
  /** 'built' from its sources, also when nothing had changed; 'prebuilt': it came with the package or from an earlier build. */
  readonly source: 'built' | 'prebuilt';
  readonly path: string;
  /** For the user: what the compiler did, or why it was not used. */
  readonly note: string;
}

/** Arguments of tests. */
export interface AddonParts {
  readonly script?: string | undefined;
  readonly path?: string;
}

/**
 * Builds the addon where its sources are and a compiler is; else takes the one that is there. `folder` is that of TensorFlow's libraries and
 * headers. Throws EngineError 'addon-missing' when there is neither.
 */
export async function prepareAddon(folder: string, parts: AddonParts = {}): Promise<PreparedAddon> {
  const { path = addonPath } = parts;
  const script = 'script' in parts ? parts.script : buildScript();
  if (script === undefined) {
    if (existsSync(path)) return { source: 'prebuilt', path, note: 'the addon that came with this package' };
    throw new EngineError(
      'addon-missing',
      `Native TensorFlow is installed, but this package brings no addon for ${process.platform}-${process.arch}, and no sources to build one from.`,
      { tip: 'In a checkout of the project "npm run native" builds it; a C++ compiler is needed. Until then wasm computes.' },
    );
  }
  const { code, output, errors } = await runNode(script, folder);
  if (code === 0) return { source: 'built', path, note: output.trim() };
  const reason = errors.trim() || `the build ended with code ${code}`;
  if (existsSync(path))
    return { source: 'prebuilt', path, note: `the addon that was there is used, since it could not be built anew: ${reason}` };
  const [message = '', tip] = reason.split('\nTip: ');
  throw new EngineError('addon-missing', message, tip === undefined ? {} : { tip: tip.trim() });
}

/** Of a checkout (an address that the bundler would follow must not stand here); in the bundle this module has another place and nothing lies there. */
function buildScript(): string | undefined {
  if (!import.meta.url.endsWith('.ts')) return undefined;
  const path = fileURLToPath(new URL('../../../build/native/build-addon', import.meta.url)) + '.ts';
  return existsSync(path) ? path : undefined;
}

function runNode(
  script: string,
  folder: string,
): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, errors }));
  });
}
