import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { RunnerMark } from '../../db/store.ts';

/** Tells a process from a later one with the same number, also over a restart of the machine. Undefined when it does not run. */
export function markOf(pid: number): RunnerMark | undefined {
  const startedAt = startOf(pid);
  return startedAt === undefined ? undefined : { pid, bootId: bootId(), startedAt };
}

export function ownMark(): RunnerMark {
  return markOf(process.pid) ?? { pid: process.pid, bootId: bootId(), startedAt: 'unknown' };
}

export function isAlive(mark: RunnerMark): boolean {
  if (mark.bootId !== bootId()) return false;
  const now = markOf(mark.pid);
  return now !== undefined && now.startedAt === mark.startedAt;
}

let knownBootId: string | undefined;

function bootId(): string {
  knownBootId ??= readBootId();
  return knownBootId;
}

function readBootId(): string {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  if (process.platform === 'darwin') {
    const { stdout } = spawnSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' });
    if (typeof stdout === 'string' && stdout.trim() !== '') return stdout.trim();
  }
  // The minute of the start; a clock that is set in between makes a running process look dead, never the other way round.
  return `started ${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}

function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(pid);
  const { status, stdout } =
    process.platform === 'win32'
      ? spawnSync('powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`], { encoding: 'utf8' })
      : spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** Field 22 of /proc/PID/stat: clock ticks from the machine's start (man proc_pid_stat). A zombie counts as gone. */
function linuxStart(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}
