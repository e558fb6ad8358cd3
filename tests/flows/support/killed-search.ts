import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../../db/store.ts';
import type { ExperimentView } from '../../../electron/ipc/contract.ts';
import { openLab } from '../../../electron/lab/lab.ts';
import type { Rng } from '../../../engine/rng.ts';

/** Who is killed with signal 9: the compute process, the one that owns the home, or both at once. */
export type Victim = 'compute' | 'owner' | 'everything';
export const victims: readonly Victim[] = ['compute', 'owner', 'everything'];

/** Longer than a run has to take; a hang then fails instead of waiting. */
const patienceMs = 60_000;

interface SearchProcess {
  readonly id: string;
  readonly pid: number;
  /** The state that it prints at the end, or 'killed'. */
  readonly ended: Promise<string>;
}

export async function startProcess(home: string, config: Json, backend: string, resume?: string): Promise<SearchProcess> {
  const script = fileURLToPath(new URL('./search-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, home, JSON.stringify(config), backend, ...(resume === undefined ? [] : [resume])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const seen: string[] = [];
  const first = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      seen.push(line);
      resolve(line);
    });
    child.once('close', (code) => reject(new Error(`the search process ended with ${code} before it printed an id`)));
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => resolve(seen[1] ?? 'killed'));
  });
  return { id: await first, pid: child.pid as number, ended };
}

export interface Kill {
  readonly victim: Victim;
  readonly atStep: number;
  readonly state: string;
}

/**
 * Starts a search, kills it at random steps and moments within them, resumes it each time, and lets it come to its end after `kills` kills.
 * Returns its id and what was killed.
 */
export async function runKilled(
  home: string,
  config: Json,
  backend: string,
  kills: number,
  rng: Rng,
  say: (line: string) => void = () => undefined,
): Promise<{ readonly id: string; readonly kills: readonly Kill[] }> {
  const reader = openLab({ home });
  const done: Kill[] = [];
  let running = await startProcess(home, config, backend);
  const { id } = running;
  while (done.length < kills) {
    const { progress } = await reader.api.experiment(id);
    // Leaves room for the kills that are still to come.
    const room = Math.max(1, Math.floor((progress.totalSteps - progress.step) / (kills - done.length + 1)));
    const target = Math.min(progress.totalSteps - 1, progress.step + 1 + rng.int(room));
    const view = await waitFor(
      () => reader.api.experiment(id),
      (now) => now.progress.step >= target || now.state !== 'running',
      `step ${target}`,
    );
    await delay(rng.int(60));
    const victim = victims[(done.length + rng.int(2)) % victims.length] as Victim;
    if (view.state === 'running') kill(victim, running.pid, view);
    const state = await running.ended;
    if (state === 'complete') throw new Error(`the search ended before kill ${done.length + 1} of ${kills}: it is too short for so many`);
    // The compute process of a dead owner ends by itself as soon as it looks up from its step.
    const { state: seen } = await waitFor(
      () => reader.api.experiment(id),
      (experiment) => experiment.state !== 'running',
      'the end of the orphan',
    );
    done.push({ victim, atStep: view.progress.step, state: seen });
    say(
      `kill ${done.length} of ${kills}: ${victim} at step ${view.progress.step} of ${view.progress.totalSteps}, checkpoint at ${view.progress.checkpointStep}`,
    );
    running = await startProcess(home, config, backend, id);
  }
  const end = await running.ended;
  await reader.close();
  if (end !== 'complete') throw new Error(`after ${kills} kills the search ended as '${end}'`);
  return { id, kills: done };
}

async function waitFor(
  view: () => Promise<ExperimentView>,
  isReached: (now: ExperimentView) => boolean,
  what: string,
): Promise<ExperimentView> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const now = await view();
    if (isReached(now)) return now;
    if (performance.now() > deadline)
      throw new Error(`${what} did not come within ${patienceMs} ms; the search is ${now.state} at step ${now.progress.step}`);
    await delay(2);
  }
}

function kill(victim: Victim, ownerPid: number, { runnerPid }: ExperimentView): void {
  const pids = victim === 'compute' ? [runnerPid] : victim === 'owner' ? [ownerPid] : [ownerPid, runnerPid];
  for (const pid of pids) {
    if (pid === undefined) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ESRCH') throw error;
    }
  }
}

/** Everything of an experiment that must not depend on what happened on the way: trials, the bytes of their weights, the curves, the best. */
export async function outcomeOf(home: string, id: string): Promise<unknown> {
  const lab = openLab({ home });
  const { api } = lab;
  const { folder } = await api.experiment(id);
  const trials = (await api.trials(id)).map(
    ({ number, state, arch, hash, cost, metrics, steps, seed, series, role, details, checkpoint }) => ({
      number,
      state,
      arch,
      hash,
      cost,
      metrics,
      steps,
      seed,
      series,
      role,
      details,
      file: checkpoint?.slice(folder.length),
      weights: checkpoint === undefined ? undefined : createHash('sha256').update(readFileSync(checkpoint)).digest('hex'),
    }),
  );
  // What the clock says differs in every run.
  const names = (await api.scalarNames(id)).filter((name) => !name.endsWith('Ms'));
  const scalars = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await api.scalars(id, name)] as const)));
  const best = [...trials].sort((a, b) => (b.metrics[0]?.value ?? 0) - (a.metrics[0]?.value ?? 0) || a.number - b.number)[0]?.arch;
  await lab.close();
  return { trials, scalars, best };
}
