// Runs a program and watches the memory of it and of everything it starts.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const sampleMs = 500;

/** [{ pid, parent, bytes }] of all processes; empty where neither /proc nor ps can tell. */
function listProcesses() {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const status = readFileSync(`/proc/${pid}/status`, 'utf8');
          const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
          return [{ pid: Number(pid), parent: field('PPid'), bytes: field('VmRSS') * 1024 }];
        } catch {
          return []; // it has just ended
        }
      });
  }
  if (process.platform === 'win32') return [];
  const lines = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' }).stdout?.trim().split('\n') ?? [];
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid, parent, kilobytes]) => ({ pid, parent, bytes: kilobytes * 1024 }));
}

/** Resident bytes of a process and its descendants, shared pages counted for each. */
export function treeBytes(pid, processes = listProcesses()) {
  const own = processes.find((entry) => entry.pid === pid)?.bytes ?? 0;
  return processes.filter((entry) => entry.parent === pid).reduce((sum, entry) => sum + treeBytes(entry.pid, processes), own);
}

/**
 * Runs `command ARGS`; standard error goes to the terminal, standard output too unless `capture`.
 * Resolves to { code, stdout, seconds, peakBytes }; code is undefined when it ran past `limitSeconds` and was ended.
 */
export function runWatched(command, args, { cwd, env = process.env, limitSeconds, capture = false, watchMemory = false }) {
  return new Promise((fulfil, reject) => {
    const started = Date.now();
    // A group of its own, so that everything it started can be ended with it.
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
      detached: process.platform !== 'win32',
    });
    let stdout = '';
    let peakBytes;
    let isLate = false;
    child.stdout?.on('data', (chunk) => {
      stdout += String(chunk);
    });
    const limit = setTimeout(() => {
      isLate = true;
      if (process.platform === 'win32') child.kill('SIGKILL');
      else process.kill(-child.pid, 'SIGKILL');
    }, limitSeconds * 1000);
    const watch = watchMemory
      ? setInterval(() => {
          const bytes = treeBytes(child.pid);
          if (bytes > 0) peakBytes = Math.max(peakBytes ?? 0, bytes);
        }, sampleMs)
      : undefined;
    const finish = () => {
      clearTimeout(limit);
      clearInterval(watch);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('close', (code) => {
      finish();
      fulfil({ code: isLate ? undefined : code, stdout, seconds: (Date.now() - started) / 1000, peakBytes });
    });
  });
}
