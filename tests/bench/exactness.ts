/**
 * `npm run bench -- exactness [--steps 50] [--runs 5] [--only NAMES]`: trains every network of the comparison on native TensorFlow again and
 * again, compiled, with 1 and 2 threads, and op by op; says which runs equal each other bit for bit, in every loss and in all weights,
 * statistics, averages and slots at the end. Ends with 1 when any differ.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { openBackend } from '../../engine/backend/backend.ts';
import { createStep } from '../../engine/backend/tf.ts';
import type { StepMode } from '../../engine/backend/tf.ts';
import { benchEntries } from './support/bench-table.ts';
import { hashOfVariables } from './support/state-hash.ts';
import { createBenchNetwork } from './support/step-child.ts';

interface Run {
  readonly losses: readonly number[];
  /** Of what the training has changed. */
  readonly state: string;
}

/** In a process of its own: the number of threads is fixed once TensorFlow is open. */
async function train(name: string, batch: number, mode: StepMode, threads: number, steps: number): Promise<Run> {
  await openBackend('tensorflow', { threads });
  const network = createBenchNetwork(name, batch);
  const step = createStep(name, network.train, mode);
  const losses: number[] = [];
  for (let i = 1; i <= steps; i++) {
    const [result] = await step.run({ tensors: network.tensors, numbers: network.numbersAt(i), seeds: [] });
    losses.push((await result!.data())[0]!);
    result!.dispose();
  }
  if (!losses.every(Number.isFinite)) throw new Error(`${name}: a loss is ${losses.find((loss) => !Number.isFinite(loss))}`);
  return { losses, state: await hashOfVariables() };
}

function inProcess(name: string, batch: number, mode: StepMode, threads: number, steps: number): Run {
  const args = [import.meta.filename, '--child', JSON.stringify([name, batch, mode, threads, steps])];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}, ${mode}, ${threads} threads: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Run;
}

/** Numbers of JSON come back as they went, so that texts compare bits. */
function areEqual(runs: readonly Run[]): boolean {
  return new Set(runs.map((run) => JSON.stringify(run))).size === 1;
}

const say = (isEqual: boolean): string => (isEqual ? 'equal' : 'DIFFERENT').padEnd(10);

/** One line; whether all runs are equal. */
function compareRuns(name: string, batch: number, steps: number, runs: number): boolean {
  const [one, two] = [1, 2].map((threads) => Array.from({ length: runs }, () => inProcess(name, batch, 'compiled', threads, steps))) as [
    Run[],
    Run[],
  ];
  const eager = inProcess(name, batch, 'eager', 1, steps);
  const equal = [areEqual(one) && areEqual(two), areEqual([...one, ...two]), areEqual([one[0]!, eager])] as const;
  const farthest = Math.max(...eager.losses.map((loss, i) => Math.abs(one[0]!.losses[i]! / loss - 1)));
  process.stdout.write(
    `${name.padEnd(20)} runs ${say(equal[0])} threads ${say(equal[1])} eager and compiled ${say(equal[2])} ` +
      `losses differ by at most ${farthest.toPrecision(2)}, last loss ${one[0]!.losses.at(-1)!.toPrecision(7)}\n`,
  );
  return equal.every(Boolean);
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
  const [steps, runs] = [Number(values.steps), Number(values.runs)];
  const wanted = values.only?.split(',');
  process.stdout.write(`${steps} training steps, losses and state compared bit for bit; ${runs} runs with 1 and with 2 threads, 1 op by op\n`);
  const results = benchEntries
    .filter((entry) => wanted?.includes(entry.name) ?? true)
    .map(({ name, batch }) => compareRuns(name, batch, steps, runs));
  if (results.length === 0) throw new Error(`--only ${values.only}: the networks are ${benchEntries.map(({ name }) => name).join(', ')}.`);
  if (results.includes(false)) process.exitCode = 1;
}
