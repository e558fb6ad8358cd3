/** Sides that train the same network in turns, and the table of what came. */
import { barOf, firstLossAllowed, memoryBar } from './bench-table.ts';
import type { BenchEntry } from './bench-table.ts';
import { othersAllowed, watchOthers } from './busy.ts';
import type { StepProcess } from './step-process.ts';
import type { StepAnswer } from './step-protocol.ts';

/** A round of a side lasts about this long, and at least `minSteps` steps. */
const roundMs = 700;
const minSteps = 3;

export interface Side {
  readonly name: 'eager' | 'compiled' | 'PyTorch';
  readonly process: StepProcess;
}

export interface Measured {
  readonly name: Side['name'];
  /** Of all steps after warming up. */
  readonly medianMs: number;
  readonly bestMs: number;
  /** The first step of all, trace and first call included. */
  readonly firstMs: number;
  readonly last: StepAnswer;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

export interface Measurement {
  readonly sides: readonly Measured[];
  /** Cores that other programs kept busy meanwhile; NaN where that is not known. */
  readonly others: number;
}

/** Every round asks one side after the other, so that a busy moment of the machine hits all alike. What comes before the rounds warms up. */
export async function measureInTurns(sides: readonly Side[], rounds: number): Promise<Measurement> {
  const firsts: StepAnswer[] = [];
  const answers = sides.map((): StepAnswer[] => []);
  for (const { process } of sides) {
    firsts.push(await process.run(1));
    await process.run(2);
  }
  const slowest = Math.max(...(await Promise.all(sides.map(async ({ process }) => Math.min(...(await process.run(2)).ms)))));
  const steps = Math.max(minSteps, Math.min(20, Math.round(roundMs / slowest)));
  const others = watchOthers(sides.flatMap(({ process: { pid } }) => pid ?? []));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { process }] of sides.entries()) answers[i]!.push(await process.run(steps));
  }
  const measured = sides.map(({ name }, i): Measured => {
    const ms = answers[i]!.flatMap((answer) => answer.ms);
    return { name, medianMs: median(ms), bestMs: Math.min(...ms), firstMs: firsts[i]!.ms[0]!, last: answers[i]!.at(-1)! };
  });
  return { sides: measured, others: others() };
}

export interface Comparison {
  readonly lines: readonly string[];
  /** Bars that were missed, and signs that the two sides are not the same network. */
  readonly problems: readonly string[];
}

const columns = [20, 9, 6, 9, 16, 9, 9, 17, 17] as const;

export const tableHead = row(['network', 'input', 'batch', 'side', 'ms median/best', 'GMACs/s', 'peak MB', 'time/PyTorch', 'memory/PyTorch']);

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i < 4 ? cell.padEnd(columns[i]!) : cell.padStart(columns[i]!))).join('');
}

/** One line a side, ratios to PyTorch where it ran. */
export function compare(entry: BenchEntry, backend: string, threads: number, { sides: measured, others }: Measurement): Comparison {
  const torch = measured.find(({ name }) => name === 'PyTorch');
  const problems: string[] = [];
  if (others > othersAllowed) {
    problems.push(`${entry.name}, ${threads} threads: other programs kept ${others.toFixed(1)} cores busy; repeat on a quiet machine`);
  }
  const macs = measured.find(({ last }) => last.macs !== undefined)?.last.macs ?? NaN;
  const lines = measured.map((side) => {
    const [time, memory] = torch && side !== torch ? ratios(entry, backend, threads, side, torch, problems) : ['', ''];
    const speed = (3 * macs * entry.batch) / side.medianMs / 1e6; // forward, and two products of the same size backward
    const ms = `${side.medianMs.toFixed(1)}/${side.bestMs.toFixed(1)}`;
    const peak = (side.last.peakBytes / 1e6).toFixed(0);
    return row([entry.name, entry.size.join('x'), `${entry.batch}`, side.name, ms, speed.toFixed(1), peak, time, memory]);
  });
  return { lines: [...lines, ...compileLines(measured)], problems };
}

function ratios(
  entry: BenchEntry,
  backend: string,
  threads: number,
  side: Measured,
  torch: Measured,
  problems: string[],
): [string, string] {
  const judge = (what: string, ratio: number, bar: number | undefined): string => {
    if (bar === undefined) return ratio.toFixed(2);
    const isReached = ratio <= bar;
    if (!isReached) problems.push(`${entry.name}, ${threads} threads, ${side.name}: ${what} ${ratio.toFixed(3)} of PyTorch's, bar ${bar}`);
    return `${ratio.toFixed(2)} ${isReached ? '<=' : 'MISSED'} ${bar}`;
  };
  checkSame(entry, side, torch, problems);
  const isFastest = side.name === 'compiled' || backend === 'wasm';
  return [
    judge('time', side.medianMs / torch.medianMs, barOf(backend, side.name as 'eager' | 'compiled', threads, entry.name)),
    judge('memory', side.last.peakBytes / torch.last.peakBytes, isFastest && backend === 'tensorflow' ? memoryBar : undefined),
  ];
}

function checkSame(entry: BenchEntry, side: Measured, torch: Measured, problems: string[]): void {
  const [ours, theirs] = [side.last, torch.last];
  if (ours.parameters !== theirs.parameters) {
    problems.push(`${entry.name}: ${ours.parameters} trained values here, ${theirs.parameters} in PyTorch`);
  }
  // small networks start from random weights of each side's own
  if (entry.golden !== undefined && Math.abs(ours.firstLoss - theirs.firstLoss) > firstLossAllowed * Math.abs(theirs.firstLoss)) {
    problems.push(`${entry.name}, ${side.name}: the first loss is ${ours.firstLoss}, PyTorch's ${theirs.firstLoss}`);
  }
}

/** What compiling costs, and after how many steps it has paid. */
function compileLines(measured: readonly Measured[]): string[] {
  const compiled = measured.find(({ name }) => name === 'compiled');
  const eager = measured.find(({ name }) => name === 'eager');
  if (compiled?.last.compiled === undefined) return [];
  const { ops, traceMs, firstRunMs } = compiled.last.compiled;
  const gain = eager ? eager.medianMs - compiled.medianMs : NaN;
  const breakEven = gain > 0 ? `, paid after ${Math.ceil((compiled.firstMs - compiled.medianMs) / gain)} steps` : '';
  return [`  compiled: ${ops} ops, trace ${traceMs.toFixed(0)} ms, first call ${firstRunMs.toFixed(0)} ms${breakEven}`];
}
