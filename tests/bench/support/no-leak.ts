/** Whether compiled steps leave anything behind: `checkLeaks` runs this file as a process of its own with the lab's allocation settings. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { memorySettings } from '../../../electron/lab/launch-compute.ts';
import { openBackend } from '../../../engine/backend/backend.ts';
import type { Backend } from '../../../engine/backend/backend.ts';
import { tensorflowCounts } from '../../../engine/backend/tensorflow/open.ts';
import { canCompile, createStep } from '../../../engine/backend/tf.ts';
import { smallNetwork } from './bench-networks.ts';
import type { BenchNetwork } from './bench-network.ts';
import { residentBytes } from './resident.ts';
import { StepRunner } from './step-child.ts';

const steps = 5000;
const warmUpSteps = 500;
const compilations = 500;
const warmUpCompilations = 100;
/** One kept function of this network takes about 5 MB: 400 of them would be 2 GB. */
const allowedBytes = { steps: 16e6, compilations: 100e6 } as const;

/** True when nothing leaks. */
export async function checkLeaks(backend: string): Promise<boolean> {
  const args = ['--disable-warning=ExperimentalWarning', '--expose-gc', import.meta.filename, backend];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...memorySettings } });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

interface Reading {
  readonly tensors: number;
  /** What is alive on TensorFlow's side. */
  readonly native: Readonly<Record<'tensors' | 'graphs' | 'functions', number>> | undefined;
  readonly bytes: number;
}

/** After JavaScript's own garbage is gone. */
function read(opened: Backend): Reading {
  (globalThis as { gc?: () => void }).gc?.();
  const counts = tensorflowCounts();
  const native = counts && { tensors: counts.tensors, graphs: counts.graphs, functions: counts.functions };
  return { tensors: opened.memory().tensors, native, bytes: residentBytes('VmRSS') };
}

function judge(what: string, before: Reading, after: Reading, allowed: number): boolean {
  const grown = after.bytes - before.bytes;
  const [nativeBefore, nativeAfter] = [JSON.stringify(before.native), JSON.stringify(after.native)];
  const isFine = after.tensors === before.tensors && nativeAfter === nativeBefore && grown <= allowed;
  const memory = `resident ${(before.bytes / 1e6).toFixed(0)} -> ${(after.bytes / 1e6).toFixed(0)} MB (at most +${allowed / 1e6})`;
  const native = before.native ? `, native ${nativeBefore} -> ${nativeAfter}` : '';
  process.stdout.write(`${what}: tensors ${before.tensors} -> ${after.tensors}${native}, ${memory}: ${isFine ? 'no leak' : 'LEAK'}\n`);
  return isFine;
}

async function manySteps(opened: Backend, network: BenchNetwork): Promise<boolean> {
  const runner = new StepRunner(network, 'mobile', 'compiled');
  for (let i = 0; i < warmUpSteps; i++) await runner.step();
  const before = read(opened);
  for (let i = warmUpSteps; i < steps; i++) await runner.step();
  return judge(`${steps} compiled steps of mobile`, before, read(opened), allowedBytes.steps);
}

/** Each round compiles a step of its own, runs it twice and lets it go. */
async function manyCompilations(opened: Backend, network: BenchNetwork): Promise<boolean> {
  let before: Reading | undefined;
  for (let round = 0; round < compilations; round++) {
    if (round === warmUpCompilations) before = read(opened);
    const step = createStep('mobile', network.train, 'compiled');
    for (let update = 1; update <= 2; update++) {
      const results = await step.run({ tensors: network.tensors, numbers: network.numbersAt(update), seeds: [] });
      results.forEach((result) => result.dispose());
    }
    step.dispose();
  }
  return judge(`${compilations} compilations and removals`, before!, read(opened), allowedBytes.compilations);
}

if (import.meta.main) {
  const opened = await openBackend(process.argv[2]!);
  if (!canCompile()) process.stdout.write(`Backend ${opened.id} does not compile: its steps run op by op.\n`);
  const network = smallNetwork('mobile', 4);
  const results = [await manySteps(opened, network), await manyCompilations(opened, network)];
  process.exitCode = results.every(Boolean) ? 0 : 1;
}
