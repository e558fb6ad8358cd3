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
    await build({
      root,
      configFile: false,
      logLevel,
      ssr: { noExternal: true, external: ['electron'] },
      build: {
        ssr: true,
        outDir,
        emptyOutDir: name === 'main',
        target: targets[name],
        minify: false,
        copyPublicDir: false,
        rolldownOptions: {
          input: { [name]: inputs[name] },
          external: [/^electron($|\/)/, /^node:/],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    });
  }
  // An application of its own: Electron starts the folder, and takes name and version from here.
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string };
  writeFileSync(
    join(outDir, 'package.json'),
    `${JSON.stringify({ name, productName: 'Paretoscope', version, main: 'main.cjs' }, undefined, 2)}\n`,
  );
}

if (process.argv[1] === import.meta.filename) await bundleShell(join(root, 'out/electron'));
