import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { npmCommand } from '../../build/setup/install.mjs';
import { findInstalled } from '../../engine/backend/tensorflow/installed.ts';
import { addonPath } from '../../engine/backend/tensorflow/load-addon.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
}

const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
let folder = '';

/** Packs the product as `npm pack` does and lays it out as `npm install` would: beside its dependencies, and only those. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lab-package-'));
  const project = join(folder, 'project');
  for (const path of ['package.json', 'LICENSE', 'README.md', 'bin']) cpSync(join(root, path), join(project, path), { recursive: true });
  await bundle(join(project, 'out/main'), 'warn');

  const npm = npmCommand();
  const flags = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  execFileSync(npm.command, [...npm.args, ...flags], { cwd: project, shell: npm.shell, stdio: 'pipe' });
  execFileSync('tar', ['-xzf', join(folder, `${manifest.name}-${manifest.version}.tgz`), '-C', folder]);

  const modules = join(folder, 'app', 'node_modules');
  mkdirSync(modules, { recursive: true });
  cpSync(join(folder, 'package'), join(modules, manifest.name), { recursive: true });
  const installed = new Set(readdirSync(join(root, 'node_modules')));
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    if (!installed.has(name.split('/')[0] ?? '')) continue; // the pinned Node of another platform
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function lab(...args: string[]): string {
  const launcher = join(folder, 'app', 'node_modules', manifest.name, 'bin', 'lab.js');
  return execFileSync(process.execPath, [launcher, '--home', join(folder, 'home'), '--quiet', ...args], {
    encoding: 'utf8',
    cwd: join(folder, 'app'),
  });
}

/** A search of seconds on pictures of 32x64, decoded by a thread. */
const tinySearch = {
  preset: 'demo',
  space: {
    stages: [
      [1, [1], [4]],
      [2, [1, 1], [4, 8]],
    ],
    stem: [4, 4],
    expandRatio: 2,
    kernelSizes: [3, 5],
    lastChannels: 6,
    tokens: 3,
  },
  data: { dataset: 'streets', batchSize: 2, baseSize: [32, 64], crop: [32, 64], evaluationSize: [32, 64], workers: 1 },
  evaluate: { calibrationBatches: 1, calibrationBatchSize: 2 },
  strategy: { id: 'random', trials: 1, steps: 2 },
};

describe('the package that npm pack makes', () => {
  it('slow: holds the launcher, the bundle, the licence and no sources or tests', () => {
    const files = readdirSync(join(folder, 'package'), { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
    for (const path of [
      'bin/lab.js',
      'out/main/cli.js',
      'out/main/compute.js',
      'out/main/decode-worker.js',
      'out/main/kernels.wasm',
      'out/main/probe-backend.js',
      'out/main/tfjs-node-gpu.cjs',
      'LICENSE',
      'README.md',
    ]) {
      expect(files).toContain(path);
    }
    expect(files.filter((path) => /\.ts$|^tests|^build/.test(path))).toEqual([]);
    expect(files.includes('out/main/tensorflow.node')).toBe(existsSync(addonPath));
  });

  it('slow: runs below node_modules: lab --version', () => {
    expect(lab('--version').trim()).toBe(manifest.version);
  });

  it('slow: runs below node_modules: lab space ls', () => {
    expect(lab('space', 'ls')).toContain('hr-nas');
  });

  it('slow: computes with the packed kernels: lab backend bench', () => {
    const { measured } = JSON.parse(lab('--json', 'backend', 'bench', '--backend', 'wasm')) as {
      measured: { id: string; stepMs: number }[];
    };
    expect(measured).toEqual([{ id: 'wasm', stepMs: expect.any(Number) as number }]);
    expect(measured[0]?.stepMs).toBeGreaterThan(0);
  });

  it.skipIf(findInstalled() === undefined || !existsSync(addonPath))(
    'slow: computes with the packed addon and kernels on native TensorFlow',
    () => {
      const { measured } = JSON.parse(lab('--json', 'backend', 'bench', '--backend', 'tensorflow')) as { measured: { id: string }[] };
      expect(measured.map(({ id }) => id)).toEqual(['tensorflow']);
    },
  );

  it('slow: draws data and searches: its threads and its compute process start', () => {
    const streets = join(folder, 'streets');
    lab('data', 'synthesize', 'cityscapes', streets, '--train', '14', '--val', '2', '--size', '32x64');
    lab('data', 'add', streets, '--name', 'streets');
    const config = join(folder, 'tiny.json');
    writeFileSync(config, JSON.stringify(tinySearch));
    const answer = JSON.parse(lab('--json', 'search', config)) as { state: string; front: { metrics: { value: number }[] }[] };
    expect(answer.state).toBe('complete');
    expect(answer.front[0]?.metrics[0]?.value).toBeGreaterThanOrEqual(0);
  });
});
