/**
 * The JavaScript kernels of native TensorFlow in the bundle: tfjs-node-gpu is for development only, since whoever installs it runs its
 * install script, which downloads another TensorFlow. What is used of it becomes files beside the bundle.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'vite';
import type { Plugin } from 'vite';

const file = 'tfjs-node-gpu.cjs';
/** Id of the module that holds all that are used: one file, since the state of these modules must exist once. */
const entry = 'virtual:tfjs-node-gpu';
const pattern = /require\((['"])@tensorflow\/tfjs-node-gpu\/dist\/(\w+)\1\)/g;

/** Points `require('@tensorflow/tfjs-node-gpu/dist/NAME')` to the copy, and adds NAME to `names`. */
export function kernelReferences(names: Set<string>): Plugin {
  return {
    name: 'kernel-references',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('.ts') || id.includes('node_modules')) return undefined;
      const found = [...code.matchAll(pattern)];
      for (const [, , name = ''] of found) names.add(name);
      if (found.length === 0) return undefined;
      return {
        code: code.replace(pattern, (_whole, quote: string, name: string) => `require(${quote}./${file}${quote}).${name}`),
        map: null,
      };
    },
  };
}

/** Writes the modules `names` with all that they need but TensorFlow.js itself, of which there must be one only. */
export async function bundleKernels(root: string, outDir: string, names: ReadonlySet<string>, logLevel: 'info' | 'warn'): Promise<void> {
  if (names.size === 0) return;
  const { resolve } = createRequire(join(root, 'package.json'));
  const source = [...names]
    .map((name) => `export * as ${name} from ${JSON.stringify(resolve(`@tensorflow/tfjs-node-gpu/dist/${name}`))};`)
    .join('\n');
  await build({
    root,
    configFile: false,
    logLevel,
    plugins: [{ name: 'kernels', resolveId: (id) => (id === entry ? id : undefined), load: (id) => (id === entry ? source : undefined) }],
    // tfjs re-exports all of tfjs-core, and is what the package depends on.
    resolve: { alias: [{ find: /^@tensorflow\/tfjs-core$/, replacement: '@tensorflow/tfjs' }] },
    ssr: { noExternal: true, external: ['@tensorflow/tfjs'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      copyPublicDir: false,
      rolldownOptions: { input: { kernels: entry }, output: { format: 'cjs', entryFileNames: file } },
    },
  });
}
