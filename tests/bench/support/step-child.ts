/** Our side of the comparison, one network a process: `step-child.ts NAME --backend ID --mode MODE --batch N [--threads N]`. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openBackend } from '../../../engine/backend/backend.ts';
import { createStep } from '../../../engine/backend/tf.ts';
import type { Step, StepMode } from '../../../engine/backend/tf.ts';
import { benchEntries } from './bench-table.ts';
import type { BenchNetwork } from './bench-network.ts';
import { smallNetwork } from './bench-networks.ts';
import { goldenNetwork } from './golden-training.ts';
import { residentBytes } from './resident.ts';
import type { SmallName } from './small-networks.ts';
import type { StepAnswer } from './step-protocol.ts';

/** Runs steps one after the other and keeps count of them. */
export class StepRunner {
  readonly #step: Step;
  readonly #network: BenchNetwork;
  #updates = 0;
  firstLoss = NaN;

  constructor(network: BenchNetwork, name: string, mode: StepMode) {
    this.#network = network;
    this.#step = createStep(name.replaceAll('-', '_'), network.train, mode);
  }

  /** Milliseconds of one step, until its loss is known. */
  async step(): Promise<number> {
    const start = performance.now();
    const { tensors } = this.#network;
    const [result] = await this.#step.run({ tensors, numbers: this.#network.numbersAt(++this.#updates), seeds: [] });
    const [loss] = await result!.data();
    const ms = performance.now() - start;
    result!.dispose();
    if (!Number.isFinite(loss)) throw new Error(`the loss of step ${this.#updates} is ${loss}`);
    if (this.#updates === 1) this.firstLoss = loss!;
    return ms;
  }

  compiled(): StepAnswer['compiled'] {
    const { ops, traceMs, firstRunMs } = this.#step.stats();
    return this.#step.mode === 'compiled' ? { ops, traceMs, firstRunMs } : undefined;
  }
}

export function createBenchNetwork(name: string, batch: number): BenchNetwork {
  const entry = benchEntries.find((one) => one.name === name);
  if (entry === undefined) throw new Error(`there is no network '${name}'; known: ${benchEntries.map((one) => one.name).join(', ')}`);
  return entry.golden === undefined ? smallNetwork(name as SmallName, batch) : goldenNetwork(entry.golden, batch);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { backend: { type: 'string' }, mode: { type: 'string' }, batch: { type: 'string' }, threads: { type: 'string' } },
  });
  const [name] = positionals;
  const opened = await openBackend(values.backend!, values.threads === undefined ? {} : { threads: Number(values.threads) });
  const startBytes = residentBytes('VmRSS');
  const network = createBenchNetwork(name!, Number(values.batch));
  const runner = new StepRunner(network, name!, values.mode as StepMode);
  for await (const line of createInterface({ input: process.stdin })) {
    const ms: number[] = [];
    for (let i = 0; i < Number(line); i++) ms.push(await runner.step());
    const compiled = runner.compiled();
    const answer: StepAnswer = {
      ms,
      firstLoss: runner.firstLoss,
      parameters: network.parameters,
      macs: network.macs,
      peakBytes: residentBytes('VmHWM'),
      startBytes,
      residentBytes: residentBytes('VmRSS'),
      tensors: opened.memory().tensors,
      ...(compiled && { compiled }),
    };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
