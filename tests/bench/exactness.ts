/**
 * `npm run bench -- exactness [--steps 50] [--runs 5] [--only NAMES]`: trains every network of the comparison on native TensorFlow again and
 * again, compiled, with 1 and 2 threads, and op by op; says which runs equal each other bit for bit, in every loss.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openBackend } from '../../engine/backend/backend.ts';
import { createStep } from '../../engine/backend/tf.ts';
import type { StepMode } from '../../engine/backend/tf.ts';
import { benchEntries } from './support/bench-table.ts';
import { createBenchNetwork } from './support/step-child.ts';

interface Run {
  readonly hash: string;
  readonly lastLoss: number;
}

/** In a process of its own: the number of threads is fixed once TensorFlow is open. */
async function train(name: string, batch: number, mode: StepMode, threads: number, steps: number): Promise<Run> {
  await openBackend('tensorflow', { threads });
  const network = createBenchNetwork(name, batch);
  const step = createStep(name, network.train, mode);
  const hash = createHash('sha256');
  let lastLoss = NaN;
  for (let i = 1; i <= steps; i++) {
    const [result] = await step.run({ tensors: network.tensors, numbers: network.numbersAt(i), seeds: [] });
    const loss = (await result!.data()) as Float32Array;
    result!.dispose();
    hash.update(new Uint8Array(loss.buffer, loss.byteOffset, loss.byteLength));
    lastLoss = loss[0]!;
  }
  return { hash: hash.digest('hex').slice(0, 12), lastLoss };
}

function inProcess(name: string, batch: number, mode: StepMode, threads: number, steps: number): Run {
  const args = [import.meta.filename, '--child', JSON.stringify([name, batch, mode, threads, steps])];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}, ${mode}, ${threads} threads: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Run;
}

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '50' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    child: { type: 'string' },
  },
});
if (values.child !== undefined) {
  const [name, batch, mode, threads, steps] = JSON.parse(values.child) as [string, number, StepMode, number, number];
  process.stdout.write(`${JSON.stringify(await train(name, batch, mode, threads, steps))}\n`);
} else {
  const steps = Number(values.steps);
  const wanted = values.only?.split(',');
  process.stdout.write(
    `${steps} training steps, every loss compared bit for bit; ${values.runs} runs with 1 and with 2 threads, 1 op by op\n`,
  );
  for (const { name, batch } of benchEntries.filter((entry) => wanted?.includes(entry.name) ?? true)) {
    const runs = [1, 2].map((threads) =>
      Array.from({ length: Number(values.runs) }, () => inProcess(name, batch, 'compiled', threads, steps)),
    );
    const [one, two] = runs.map((list) => new Set(list.map(({ hash }) => hash))) as [Set<string>, Set<string>];
    const eager = inProcess(name, batch, 'eager', 1, steps);
    const say = (isEqual: boolean): string => (isEqual ? 'equal' : 'DIFFERENT');
    process.stdout.write(
      `${name.padEnd(20)} runs ${say(one.size === 1 && two.size === 1).padEnd(10)} threads ${say(new Set([...one, ...two]).size === 1).padEnd(10)} ` +
        `eager and compiled ${say(one.has(eager.hash)).padEnd(10)} last loss ${runs[0]![0]!.lastLoss.toPrecision(7)}\n`,
    );
  }
}
