/**
 * `npm run bench -- networks [--pytorch PYTHON] [--backend tensorflow|wasm] [--threads 1,2] [--only NAMES] [--rounds N] [--eager-only]`:
 * training steps of the small networks and of those of the golden files, op by op and compiled, in turns with the same networks in PyTorch
 * (pytorch/), each side in a process of its own with the same threads and allocation settings; the ratios and whether they reach the bars.
 * `--judge` ends with 1 when a bar is missed. `--no-leak` instead: thousands of compiled steps and hundreds of compilations, and what stays of them.
 */
import { parseArgs } from 'node:util';
import { benchEntries } from './support/bench-table.ts';
import type { BenchEntry } from './support/bench-table.ts';
import { compare, measureInTurns, tableHead } from './support/compare.ts';
import type { Side } from './support/compare.ts';
import { checkLeaks } from './support/no-leak.ts';
import { ourProcess, torchProcess } from './support/step-process.ts';

interface Options {
  readonly backend: string;
  readonly python?: string;
  readonly rounds: number;
  readonly isEagerOnly: boolean;
}

function entriesOf(only: string | undefined): readonly BenchEntry[] {
  if (only === undefined) return benchEntries;
  return only.split(',').map((name) => {
    const entry = benchEntries.find((one) => one.name === name);
    if (entry === undefined) throw new Error(`--only ${name}: the networks are ${benchEntries.map((one) => one.name).join(', ')}.`);
    return entry;
  });
}

function sidesOf(entry: BenchEntry, threads: number, { backend, python, isEagerOnly }: Options): Side[] {
  const sides: Side[] = [{ name: 'eager', process: ourProcess(entry, backend, 'eager', threads) }];
  if (backend === 'tensorflow' && !isEagerOnly) sides.push({ name: 'compiled', process: ourProcess(entry, backend, 'compiled', threads) });
  if (python !== undefined) sides.push({ name: 'PyTorch', process: torchProcess(python, entry, threads) });
  return sides;
}

async function benchEntry(entry: BenchEntry, threads: number, options: Options): Promise<readonly string[]> {
  const sides = sidesOf(entry, threads, options);
  try {
    const { lines, problems } = compare(entry, options.backend, threads, await measureInTurns(sides, options.rounds));
    process.stdout.write(`${lines.join('\n')}\n`);
    return problems;
  } catch (error) {
    const problem = `${entry.name}: ${error instanceof Error ? error.message : String(error)}`;
    process.stdout.write(`${problem}\n`);
    return [problem];
  } finally {
    await Promise.all(sides.map((side) => side.process.stop()));
  }
}

const { values } = parseArgs({
  options: {
    pytorch: { type: 'string' },
    backend: { type: 'string', default: 'wasm' },
    threads: { type: 'string', default: '1' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    'eager-only': { type: 'boolean', default: false },
    'no-leak': { type: 'boolean', default: false },
    judge: { type: 'boolean', default: false },
  },
});
const { pytorch: python, backend } = values;
if (values['no-leak']) {
  process.exitCode = (await checkLeaks(backend)) ? 0 : 1;
} else {
  const options = { backend, rounds: Number(values.rounds), isEagerOnly: values['eager-only'], ...(python !== undefined && { python }) };
  const problems: string[] = [];
  for (const threads of values.threads.split(',').map(Number)) {
    process.stdout.write(`\nTraining steps, backend ${backend}, threads ${threads}\n${tableHead}\n`);
    for (const entry of entriesOf(values.only)) problems.push(...(await benchEntry(entry, threads, options)));
  }
  if (python !== undefined || values.judge) {
    const verdict = problems.length === 0 ? 'ALL BARS REACHED' : `${problems.length} BARS MISSED\n${problems.join('\n')}`;
    process.stdout.write(`\n${verdict}\n`);
  }
  if (values.judge && problems.length > 0) process.exitCode = 1;
}
