import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '..');

/** The oldest Electron that the tests start has Node 18 and Chrome 114. */
const targets = { main: 'node18', preload: 'chrome114' } as const;
const inputs = { main: join(root, 'electron/main/index.ts'), preload: join(root, 'electron/preload/index.ts') };

/**
 * Bundles the main process and the preload into `outDir`: one CommonJS file each, whole but for Electron itself. A sandboxed preload can load
 * nothing else, and a main process that is an ES module does not start in older versions.
 */
export async function bundleShell(outDir: string, logLevel: 'info' | 'warn' = 'info'): Promise<void> {
  for (const name of ['main', 'preload'] as const) {
    await bundleCommonJs(outDir, { [name]: inputs[name] }, targets[name], logLevel, name === 'main');
  }
  // An application of its own: Electron starts the folder, and takes name and version from here.
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string };
  writeFileSync(
    join(outDir, 'package.json'),
    `${JSON.stringify({ name, productName: 'Paretoscope', version, main: 'main.cjs' }, undefined, 2)}\n`,
  );
}

/** Each entry as one CommonJS file that needs nothing beside Electron. */
export async function bundleCommonJs(
  outDir: string,
  entries: Readonly<Record<string, string>>,
  target: string,
  logLevel: 'info' | 'warn',
  emptyOutDir = false,
): Promise<void> {
  for (const [index, [name, path]] of Object.entries(entries).entries()) {
    await build({
      root,
      configFile: false,
      logLevel,
      ssr: { noExternal: true, external: ['electron'] },
      build: {
        ssr: true,
        outDir,
        emptyOutDir: emptyOutDir && index === 0,
        target,
        minify: false,
        copyPublicDir: false,
        rolldownOptions: {
          input: { [name]: path },
          external: [/^electron($|\/)/, /^node:/],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    });
  }
}

if (process.argv[1] === import.meta.filename) await bundleShell(join(root, 'out/electron'));
