/**
 * `npm run bench -- networks [--pytorch PYTHON] [--backend ID]`: training steps of three networks, batch 32 of 32x32, one thread, beside a plain
 * matrix product; with `--pytorch` the same networks in PyTorch (pytorch_networks.py) in turn with ours, and the ratio.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openBackend } from '../../engine/backend/backend.ts';
import * as tf from '../../engine/backend/tf.ts';
import type { Tensor1D, Tensor4D, Variable } from '../../engine/backend/tf.ts';
import { createRng } from '../../engine/rng.ts';
import { createNetwork, networkNames } from './support/bench-networks.ts';
import type { NetworkName } from './support/bench-networks.ts';

const batch = 32;
const rounds = 4;
const stepsPerRound = 8;
/** The most that `wasm` may take, as a multiple of PyTorch's time on one thread. */
const bars: Readonly<Record<NetworkName, number>> = { mobile: 2.2, res: 5, attn: 4.5 };

/** Gives the milliseconds of each of `steps` steps. */
type Runner = (steps: number) => Promise<number[]>;

function ourRunner(name: NetworkName): { run: Runner; macs: number; memory: () => string } {
  const network = createNetwork(name);
  const rng = createRng(7);
  const x = tf.tensor4d(
    Float32Array.from({ length: batch * 32 * 32 * 3 }, () => rng.normal()),
    [batch, 32, 32, 3],
  ) as Tensor4D;
  const labels = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % 10),
    'int32',
  ) as Tensor1D;
  const velocities: Variable[] = network.variables.map((variable) => tf.variable(tf.zeros(variable.shape)));
  const step = (): void => {
    const { value, grads } = tf.valueAndGradients(() => network.loss(x, labels), network.variables);
    network.variables.forEach((variable, i) => {
      tf.updateSgd(variable, grads[i]!, { velocity: velocities[i]! }, { learningRate: network.learningRate, momentum: 0.9 });
    });
    const loss = value.dataSync()[0]!;
    if (!Number.isFinite(loss)) throw new Error(`${name}: the loss is ${loss}`);
    tf.dispose([value, ...grads]);
  };
  const run: Runner = (steps) =>
    Promise.resolve(
      Array.from({ length: steps }, () => {
        const start = performance.now();
        step();
        return performance.now() - start;
      }),
    );
  return { run, macs: network.macs, memory: () => `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB` };
}

function torchRunner(python: string, name: NetworkName): { run: Runner; stop: () => Promise<void> } {
  const child: ChildProcess = spawn(python, [join(import.meta.dirname, 'pytorch_networks.py'), name], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Fresh pages for every large block would slow PyTorch down; the compute process of the lab runs with the same settings.
    env: { ...process.env, MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: '8589934592', MALLOC_TOP_PAD_: '268435456' },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    run: async (steps) => {
      child.stdin!.write(`${steps}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${python} ended with code ${child.exitCode ?? 'unknown'}; does it have torch?`);
      return JSON.parse(value as string) as number[];
    },
    stop: async () => {
      child.stdin!.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** GFLOP/s of [512, 512] times [512, 512], best of many: the first ones run before the kernels are optimised. */
function matrixProductSpeed(): number {
  const [a, b] = [tf.ones([512, 512]), tf.ones([512, 512])];
  let best = Infinity;
  for (let i = 0; i < 60; i++) {
    const start = performance.now();
    tf.tidy(() => tf.batchMatMul(a, b).dataSync());
    best = Math.min(best, performance.now() - start);
  }
  tf.dispose([a, b]);
  return (2 * 512 ** 3) / best / 1e6;
}

async function bench(name: NetworkName, python: string | undefined): Promise<string> {
  const ours = ourRunner(name);
  const torch = python === undefined ? undefined : torchRunner(python, name);
  const [ourTimes, torchTimes]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const own = await ours.run(stepsPerRound);
    const other = torch ? await torch.run(stepsPerRound) : [];
    if (round === 0) continue; // warm-up
    ourTimes.push(...own);
    torchTimes.push(...other);
  }
  await torch?.stop();
  const ms = median(ourTimes);
  const speed = (3 * ours.macs * batch) / ms / 1e6; // forward, and two products of the same size backward
  const line = `${name.padEnd(7)} ${ms.toFixed(1).padStart(7)} ms a step (best ${Math.min(...ourTimes).toFixed(1)})  ${speed.toFixed(1).padStart(5)} G MACs/s  ${ours.memory()}`;
  if (torchTimes.length === 0) return line;
  const torchMs = median(torchTimes);
  const ratio = ms / torchMs;
  return `${line}  PyTorch ${torchMs.toFixed(1)} ms  ratio ${ratio.toFixed(2)} (bar ${bars[name]}: ${ratio <= bars[name] ? 'reached' : 'MISSED'})`;
}

const { values } = parseArgs({ options: { pytorch: { type: 'string' }, backend: { type: 'string', default: 'wasm' } } });
const backend = await openBackend(values.backend);
process.stdout.write(`Training steps, batch ${batch} of 32x32x3, backend ${backend.id}, 1 thread\n`);
process.stdout.write(`matrix product 512x512x512: ${matrixProductSpeed().toFixed(1)} GFLOP/s\n`);
for (const name of networkNames) process.stdout.write(`${await bench(name, values.pytorch)}\n`);
