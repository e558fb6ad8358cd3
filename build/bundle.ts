import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'vite';
import type { Plugin } from 'vite';
import { bundleKernels, kernelReferences } from './native/bundle-kernels.ts';

const root = resolve(import.meta.dirname, '..');

/** Where the product starts; processes and threads that it starts in turn are found by their addresses, see below. */
const entries = { cli: join(root, 'electron/lab/cli/index.ts'), lab: join(root, 'electron/lab/process/index.ts') };

/** 'electron/compute/index.ts' -> 'compute'; 'datasets/decode-worker.ts' -> 'decode-worker'. */
function outputName(path: string): string {
  const name = basename(path).replace(/\.[^.]+$/, '');
  return name === 'index' ? basename(dirname(path)) : name;
}

/**
 * `new URL('./decode-worker.ts', import.meta.url)`: a module that a process or a thread starts becomes an output of its own, and
 * `new URL('./kernels.wasm', import.meta.url)` is copied, as is the native addon where it was built. All outputs lie in one folder, so the
 * address is the same from everywhere.
 */
function siblingModules(missing: Set<string>): Plugin {
  const pattern = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+\.(ts|wasm|node))\1,\s*import\.meta\.url,?\s*\)/g;
  return {
    name: 'sibling-modules',
    enforce: 'pre',
    async transform(code, id) {
      if (!id.endsWith('.ts') || id.includes('node_modules')) return undefined;
      const found = [...code.matchAll(pattern)];
      for (const [, , relative = '', kind] of found) {
        const path = resolve(dirname(id), relative);
        if (kind === 'ts') {
          this.emitFile({ type: 'chunk', id: path, fileName: `${outputName(path)}.js` });
        } else if (kind === 'node' && !existsSync(path)) {
          missing.add(basename(path));
        } else {
          this.emitFile({ type: 'asset', fileName: basename(path), source: await readFile(path) });
        }
      }
      if (found.length === 0) return undefined;
      const replaced = code.replace(pattern, (_whole, _quote, relative: string, kind: string) => {
        const name = kind === 'ts' ? `${outputName(resolve(dirname(id), relative))}.js` : basename(relative);
        return `new URL('./${name}', import.meta.url)`;
      });
      return { code: replaced, map: null };
    },
  };
}

/** Bundles the product's processes into `outDir` for Node 24; npm packages stay outside and come as dependencies. */
export async function bundle(
  outDir: string,
  logLevel: 'info' | 'warn' = 'info',
  input: Readonly<Record<string, string>> = entries,
): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  const missing = new Set<string>();
  const kernels = new Set<string>();
  await build({
    root,
    configFile: false,
    logLevel,
    plugins: [siblingModules(missing), kernelReferences(kernels)],
    build: {
      ssr: true,
      ssrEmitAssets: true,
      outDir,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      copyPublicDir: false,
      rolldownOptions: {
        input: { ...input },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  await bundleKernels(root, outDir, kernels, logLevel);
  for (const name of missing) {
    process.stdout.write(`Bundle: ${name} was not built (npm run native builds it), so native TensorFlow will not work in this bundle.\n`);
  }
}

if (process.argv[1] === import.meta.filename) await bundle(join(root, 'out/main'));
