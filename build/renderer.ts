import { join, resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { build } from 'vite';
import type { InlineConfig } from 'vite';

const root = resolve(import.meta.dirname, '..');

/** The interface as static files: everything is served from one origin, no script or style stands inside a page. */
export function rendererConfig(outDir: string, logLevel: 'info' | 'warn' = 'info'): InlineConfig {
  return {
    root: join(root, 'renderer'),
    base: './',
    configFile: false,
    logLevel,
    plugins: [vue()],
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'chrome114', // the oldest shell that the tests start
      assetsInlineLimit: 0, // the content policy allows fonts and scripts from files alone
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1500,
      reportCompressedSize: false,
    },
  };
}

/** Builds the interface into `outDir`; with `watch` again after each change, until the process ends. */
export async function buildRenderer(outDir: string, options: { readonly watch?: boolean; readonly logLevel?: 'info' | 'warn' } = {}) {
  const config = rendererConfig(outDir, options.logLevel);
  // Whoever builds it, a test too, builds the product: without Vue's warnings for developers.
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build(options.watch === true ? { ...config, build: { ...config.build, watch: {} } } : config);
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}

if (process.argv[1] === import.meta.filename) {
  await buildRenderer(join(root, 'out/renderer'), { watch: process.argv.includes('--watch') });
}
