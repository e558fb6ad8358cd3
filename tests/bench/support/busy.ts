/** Whether other programs took part of the machine while a bench ran: under load PyTorch on two threads can be a hundred times slower. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Above this many cores the figures are not to be trusted. */
export const othersAllowed = 0.15;

interface Reading {
  readonly seconds: number;
  /** Of all programs, and of ours. */
  readonly busy: number;
  readonly own: number;
}

/** Seconds of CPU time of a process with all its threads; NaN where there is no /proc or no such process. */
function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third field on
    return (Number(fields[11]) + Number(fields[12])) / 100; // utime and stime, in ticks of 1/100 s
  } catch {
    return NaN;
  }
}

function read(pids: readonly number[]): Reading {
  const busy = cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000;
  const own = [process.pid, ...pids].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  return { seconds: performance.now() / 1000, busy, own };
}

/** Begins to watch; the result tells how many cores programs other than `pids` and this one kept busy since. NaN where that is not known. */
export function watchOthers(pids: readonly number[]): () => number {
  const before = read(pids);
  return () => {
    const after = read(pids);
    return Math.max(0, after.busy - before.busy - (after.own - before.own)) / (after.seconds - before.seconds);
  };
}
