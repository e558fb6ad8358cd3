import { describe, expect, it } from 'vitest';
import { Jobs } from '../../../../electron/lab/jobs/jobs.ts';
import { taskRunner } from '../../../../electron/lab/jobs/run-task.ts';
import { forkTask } from '../../../../electron/lab/launch-compute.ts';
import type { JobView } from '../../../../electron/ipc/jobs.ts';

const title = { kind: 'count', title: 'Counting' };

describe('jobs', () => {
  it('tell of their start, progress and end, and resolve with the result', async () => {
    const told: JobView[] = [];
    const jobs = new Jobs((job) => told.push(job));
    const result = await jobs.run(title, async ({ progress }) => {
      progress(1, 2);
      progress(2, 2);
      return 'two';
    });
    expect(result).toBe('two');
    expect(told.map(({ state, progress }) => [state, progress?.done])).toEqual([
      ['running', undefined],
      ['running', 1],
      ['running', 2],
      ['done', 2],
    ]);
    expect(await jobs.jobs()).toEqual([told.at(-1)]);
  });

  it('a failing one keeps code, message and tip, and rejects with the same error', async () => {
    const jobs = new Jobs(() => undefined);
    const error = Object.assign(new Error('no such picture'), { code: 'file-missing', tip: 'Look again.' });
    await expect(jobs.run(title, () => Promise.reject(error))).rejects.toBe(error);
    expect(await jobs.jobs()).toMatchObject([
      { state: 'failed', failure: { code: 'file-missing', message: 'no such picture', tip: 'Look again.' } },
    ]);
  });

  it('a cancelled one is told so by its signal and rejects with cancelled; an unknown one is refused', async () => {
    const jobs = new Jobs(() => undefined);
    const waiting = jobs.run(
      title,
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    const refused = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(await jobs.cancelJob('job-1')).toMatchObject({ state: 'cancelled' });
    await refused;
    await expect(jobs.cancelJob('job-2')).rejects.toMatchObject({ code: 'unknown-job' });
  });
});

describe('tasks in a process of their own', () => {
  const run = taskRunner(forkTask());
  const jobs = new Jobs(() => undefined);

  it('cancelled while the process is being started: it is ended and gets no task', async () => {
    const launching = Promise.withResolvers<void>();
    const told: string[] = [];
    const slow = taskRunner(async () => {
      await launching.promise;
      return { pid: 1, send: async ({ type }) => void told.push(type), onMessage: () => {}, onClose: () => {}, onExit: () => {}, kill: () => void told.push('kill') };
    });
    const own = new Jobs(() => undefined);
    const refused = expect(own.run(title, (control) => slow('describe-backend', {}, control))).rejects.toMatchObject({ code: 'cancelled' });
    const cancelled = own.cancelJob('job-1');
    launching.resolve();
    expect(await cancelled).toMatchObject({ state: 'cancelled' });
    await refused;
    expect(told).toEqual(['kill']);
  });

  it('slow: answer with their result on the backend that was asked for', async () => {
    const answer = await jobs.run(title, (control) => run('describe-backend', {}, control, { backend: 'wasm' }));
    expect(answer).toMatchObject({ id: 'wasm', threads: 1 });
    expect(answer.stepMs).toBeGreaterThan(0);
  });

  it('slow: reject with the failure of the task', async () => {
    await expect(jobs.run(title, (control) => run('describe-backend', {}, control, { backend: 'abacus' }))).rejects.toMatchObject({
      code: 'unknown-backend',
    });
  });
});
