import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ExperimentView, LabApi, LabEvent } from '../../../electron/ipc/contract.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { behave, openTestLab, results, writeCityscapesShell } from './lab-fixture.ts';
import { tinyConfig } from './tiny-config.ts';

async function labWithData(): Promise<{ api: LabApi; home: string; data: string; close: () => Promise<void> }> {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const data = writeCityscapesShell(join(folder, 'city'));
  const { api, close } = openTestLab(home);
  await api.addDataset({ root: data, name: 'city' });
  return { api, home, data, close };
}

async function runToEnd(api: LabApi): Promise<ExperimentView> {
  const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
  return api.whenEnded(id);
}

/** Waits for an event of a running search. */
function nextEvent(api: LabApi, matches: (event: LabEvent) => boolean): Promise<LabEvent> {
  return new Promise((resolve) => {
    const end = api.onEvent((event) => {
      if (!matches(event)) return;
      end();
      resolve(event);
    });
  });
}

const isTrial = (number: number) => (event: LabEvent) => event.type === 'search' && event.event.type === 'trial-finished' && event.event.trial.number === number;

describe('slow: a search through LabApi', () => {
  it('runs to its end: trials with weight files, scalars, plan, environment and states', async () => {
    const { api, home } = await labWithData();
    const states: string[] = [];
    api.onEvent((event) => {
      if (event.type === 'experiment') states.push(event.experiment.state);
    });
    const started = await api.startSearch({ config: tinyConfig(), dataset: 'city', name: 'first' });
    expect(started).toMatchObject({ name: 'first', state: 'running', system: 'hr-nas', environment: { backend: 'fake', dataset: { name: 'city' }, plan: { totalSteps: 60 } } });
    const ended = await api.whenEnded(started.id);
    expect(ended).toMatchObject({ state: 'complete', progress: { step: 60, totalSteps: 60, trials: { complete: 8, running: 0 } } });
    expect(ended.seconds).toBeGreaterThan(0.1);
    expect(states).toEqual(['running', 'complete']);
    const trials = await api.trials(started.id);
    expect(trials.map(({ number, attempt, state }) => `${number}/${attempt} ${state}`)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => `${n}/1 complete`));
    for (const { checkpoint } of trials) expect(readFileSync(checkpoint as string)).toHaveLength(512);
    expect(await api.scalars(started.id, 'loss')).toHaveLength(60);
    const [front] = await api.frontInputs([started.id]);
    expect(front?.trials).toHaveLength(8);
    expect(front?.reference?.macs).toBeGreaterThan(1e6);
    expect(readdirSync(join(home, 'backups')).length).toBeGreaterThan(0);
    // Only the kept state and the newest one stay.
    expect(readdirSync(started.folder).filter((name) => name.startsWith('state-') || name.endsWith('.part'))).toEqual(['state-60.safetensors']);
  });

  it('stop finishes the step, resume goes on, and the result equals the uninterrupted one', async () => {
    const { api } = await labWithData();
    const whole = await runToEnd(api);
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await nextEvent(api, isTrial(1));
    const before = performance.now();
    const stopped = await api.stopSearch(id);
    expect(performance.now() - before).toBeLessThan(1000);
    expect(stopped).toMatchObject({ state: 'stopped' });
    expect(stopped.progress.checkpointStep).toBe(stopped.progress.step);
    const resumed = await api.resumeSearch(id);
    expect(resumed.state).toBe('running');
    expect((await api.whenEnded(id)).state).toBe('complete');
    expect(await results(api, id)).toEqual(await results(api, whole.id));
    expect(await api.scalars(id, 'loss')).toEqual(await api.scalars(whole.id, 'loss'));
  });

  it('stop --now abandons the running trial and keeps the last checkpoint', async () => {
    behave({ then: 'hang', at: 27 });
    const { api } = await labWithData();
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await nextEvent(api, isTrial(0));
    await delay(50);
    const stopped = await api.stopSearch(id, { now: true });
    expect(stopped).toMatchObject({ state: 'stopped', progress: { checkpointStep: 24, trials: { complete: 1, running: 0 } } });
  });

  it('a compute process that dies leaves an interrupted experiment that says how it ended, and resuming completes it', async () => {
    const { api } = await labWithData();
    const whole = await runToEnd(api);
    behave({ then: 'exit', at: 30 });
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    const died = await api.whenEnded(id);
    expect(died).toMatchObject({ state: 'interrupted', failure: { code: 'compute-died' } });
    expect(died.failure?.message).toMatch(/code 9.*out of luck/);
    expect((await api.log(id)).at(-1)).toMatchObject({ level: 'error' });
    behave({});
    await api.resumeSearch(id);
    expect((await api.whenEnded(id)).state).toBe('complete');
    expect(await results(api, id)).toEqual(await results(api, whole.id));
  });

  it('a compute process that dies is started again by itself, and the follower is told; the end equals the uninterrupted one', async () => {
    const { api, home, close } = await labWithData();
    const whole = await runToEnd(api);
    await close();
    behave({ stepMs: 5 });
    const lab = openTestLab(home, { restartDelaysMs: [10, 10] });
    const warnings: string[] = [];
    const states: string[] = [];
    lab.api.onEvent((event) => {
      if (event.type === 'search' && event.event.type === 'log' && event.event.level === 'warn') warnings.push(event.event.message);
      if (event.type === 'experiment') states.push(event.experiment.state);
    });
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await nextEvent(lab.api, isTrial(1));
    process.kill((await lab.api.experiment(id)).runnerPid as number, 'SIGKILL');
    expect((await lab.api.whenEnded(id)).state).toBe('complete');
    expect(states).toEqual(['running', 'interrupted', 'running', 'complete']);
    expect(warnings).toEqual([expect.stringMatching(/goes on by itself in 0.01 s \(1 of 2\)/)]);
    expect(await results(lab.api, id)).toEqual(await results(lab.api, whole.id));
  });

  it('one that dies again and again at the same place is given up; one that waits to be started again can be stopped', async () => {
    behave({ then: 'exit', at: 10 });
    const { home, close } = await labWithData();
    await close();
    const hasty = openTestLab(home, { restartDelaysMs: [5, 5, 5] });
    const { id } = await hasty.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    expect(await hasty.api.whenEnded(id)).toMatchObject({ state: 'interrupted', failure: { code: 'compute-died' } });
    expect((await hasty.api.log(id)).filter(({ message }) => message.includes('goes on by itself'))).toHaveLength(3);
    await hasty.close();
    const patient = openTestLab(home, { restartDelaysMs: [60_000] });
    const died = nextEvent(patient.api, (event) => event.type === 'search' && event.event.type === 'log' && event.event.message.includes('goes on by itself in 60 s'));
    await patient.api.resumeSearch(id);
    await died;
    await expect(patient.api.removeExperiment(id)).rejects.toMatchObject({ code: 'still-running' });
    expect(await patient.api.stopSearch(id)).toMatchObject({ state: 'stopped', failure: { code: 'compute-died' } });
  });

  it.each([
    ['throw-engine', 'failed', 'loss-not-finite', 'Lower the learning rate.'],
    ['throw-data', 'interrupted', 'image-damaged', 'Copy it again.'],
    ['disk-full', 'interrupted', 'disk-full', undefined],
    ['throw-type', 'interrupted', 'unexpected', expect.stringContaining('lab log')],
  ] as const)('%s in the search: %s with code %s and its tip', async (then, state, code, tip) => {
    behave({ then, at: 10 });
    const { api } = await labWithData();
    const ended = await runToEnd(api);
    expect(ended).toMatchObject({ state, failure: { code } });
    expect(ended.failure?.tip).toEqual(tip);
    if (state === 'failed') {
      await expect(api.resumeSearch(ended.id)).rejects.toMatchObject({ code: 'finished' });
      return;
    }
    behave({});
    await api.resumeSearch(ended.id);
    expect((await api.whenEnded(ended.id)).state).toBe('complete');
  });

  it('an unexpected error: the log shows where it happened and what caused it', async () => {
    behave({ then: 'throw-type', at: 10 });
    const { api } = await labWithData();
    const { id } = await runToEnd(api);
    const log = (await api.log(id)).map(({ message }) => message).join('\n');
    expect(log).toMatch(/TypeError: a fault of the program\n\s+at misbehave .*fake-compute\.ts/);
    expect(log).toContain('EMFILE: too many open files');
  });

  it('a compute process that dies while it is stopping has not stopped: interrupted, with how it ended', async () => {
    behave({ then: 'exit-when-stopped' });
    const { api } = await labWithData();
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await nextEvent(api, isTrial(0));
    expect(await api.stopSearch(id)).toMatchObject({ state: 'interrupted', failure: { code: 'compute-died' } });
    // Leaving it paused keeps the reason.
    expect(await api.stopSearch(id)).toMatchObject({ state: 'stopped', failure: { code: 'compute-died' } });
  });

  it('a search that runs is backed up while it does, not only at its end', async () => {
    behave({ stepMs: 5 });
    const { api, home } = await labWithData();
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await nextEvent(api, isTrial(0));
    expect((await api.experiment(id)).state).toBe('running');
    expect(readdirSync(join(home, 'backups'))).toHaveLength(1);
    await api.stopSearch(id, { now: true });
  });

  it('a trial that comes out different after a resume is not rewritten, and the log says so', async () => {
    behave({ isRandom: true });
    const { api } = await labWithData();
    const { id, folder } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await nextEvent(api, isTrial(1));
    await api.stopSearch(id, { now: true });
    const [, before] = await api.trials(id);
    // The newest states are lost: the search goes back to the end of the warm-up and forgets which trials it had.
    for (const name of readdirSync(folder)) if (name.startsWith('state-')) rmSync(join(folder, name));
    await api.resumeSearch(id, { fromEarlier: true });
    await api.whenEnded(id);
    expect((await api.trials(id))[1]).toEqual(before);
    const log = (await api.log(id)).map(({ message }) => message).join('\n');
    expect(log).toMatch(/checkpoint 'latest' of step \d+ cannot be used; going back \d+ steps to step 20/);
    expect(log).toMatch(/Trial 1 was computed again and came out different in details; the first result is kept/);
  });

  it('a newest checkpoint that is missing or damaged: resuming is refused with the steps that would be lost, and nothing changes', async () => {
    const { api, home } = await labWithData();
    const { id, folder } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await nextEvent(api, isTrial(1));
    const { progress } = await api.stopSearch(id);
    const file = join(folder, `state-${progress.checkpointStep}.safetensors`);
    const content = readFileSync(file);
    const lost = progress.checkpointStep - 20;
    writeFileSync(file, 'rubbish');
    const tip = expect.stringContaining(`give up ${lost} steps and go on from step 20: lab resume ${id} --from-earlier`);
    await expect(api.resumeSearch(id)).rejects.toMatchObject({ code: 'checkpoint-damaged', message: expect.stringContaining(file), tip });
    rmSync(file);
    await expect(api.resumeSearch(id)).rejects.toMatchObject({ code: 'checkpoint-missing', message: expect.stringContaining(file), tip });
    expect(await api.experiment(id)).toMatchObject({ state: 'stopped', progress: { checkpointStep: progress.checkpointStep } });
    expect(await openTestLab(home).api.experiment(id)).toMatchObject({ state: 'stopped' });
    writeFileSync(file, content);
    await api.resumeSearch(id);
    expect((await api.whenEnded(id)).state).toBe('complete');
  });

  it('going on from earlier than a damaged checkpoint of the warm-up: said to whoever follows, the files are kept, equal results', async () => {
    const { api } = await labWithData();
    const whole = await runToEnd(api);
    const { id, folder } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await nextEvent(api, isTrial(5));
    const { progress } = await api.stopSearch(id);
    writeFileSync(join(folder, 'warm-up.safetensors'), 'rubbish');
    await expect(api.resumeSearch(id)).rejects.toMatchObject({ code: 'checkpoint-damaged', tip: expect.stringContaining('from the beginning') });
    const warning = nextEvent(api, (event) => event.type === 'search' && event.event.type === 'log' && event.event.level === 'warn');
    await api.resumeSearch(id, { fromEarlier: true });
    expect(await warning).toMatchObject({ event: { message: expect.stringMatching(/'warm-up' of step 20 cannot be used; going back \d+ steps to step 0.*should have 512 bytes/) } });
    expect(readFileSync(join(folder, 'lost', 'warm-up.safetensors'), 'utf8')).toBe('rubbish');
    expect(existsSync(join(folder, 'lost', `state-${progress.checkpointStep}.safetensors`))).toBe(true);
    // Cut off once more before the warm-up has ended: the later states must not be taken up again without it.
    await api.stopSearch(id, { now: true });
    expect((await api.experiment(id)).progress.checkpointStep).toBeLessThan(20);
    await api.resumeSearch(id);
    expect((await api.whenEnded(id)).state).toBe('complete');
    expect(await results(api, id)).toEqual(await results(api, whole.id));
  });
});

describe('slow: starting a search', () => {
  it('refuses a bad configuration, an unknown data set, an unknown backend and threads on wasm, and leaves nothing behind', async () => {
    const { api, home } = await labWithData();
    const config = tinyConfig();
    await expect(api.startSearch({ config: tinyConfig({ seed: -1 }), dataset: 'city' })).rejects.toMatchObject({ code: 'invalid-config', message: expect.stringContaining('seed') });
    await expect(api.startSearch({ config, dataset: 'town' })).rejects.toMatchObject({ code: 'unknown-dataset', message: expect.stringContaining('town') });
    await expect(api.startSearch({ config, dataset: 'city', backend: 'abacus' })).rejects.toMatchObject({ code: 'unknown-backend' });
    await expect(api.startSearch({ config, dataset: 'city', threads: 2 })).rejects.toMatchObject({ code: 'threads-not-supported' });
    expect(await api.experiments()).toEqual([]);
    expect(existsSync(join(home, 'experiments'))).toBe(false);
  });

  it('a data set whose folder went away is named, with the command that mends it; relocating it lets the search go on', async () => {
    const { api, data } = await labWithData();
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await api.stopSearch(id);
    renameSync(data, `${data}-moved`);
    const missing = { code: 'dataset-missing', message: expect.stringContaining(data), tip: expect.stringContaining('lab data relocate city') };
    await expect(api.startSearch({ config: tinyConfig(), dataset: 'city' })).rejects.toMatchObject(missing);
    await expect(api.resumeSearch(id)).rejects.toMatchObject(missing);
    expect(await api.dataset('city')).toMatchObject({ isAvailable: false });
    expect((await api.experiment(id)).state).toBe('stopped');
    await api.relocateDataset('city', `${data}-moved`);
    await api.resumeSearch(id);
    expect(await api.whenEnded(id)).toMatchObject({ state: 'complete', environment: { dataset: { root: `${data}-moved` } } });
  });

  it('a fork names its origin and has the changed values', async () => {
    const { api } = await labWithData();
    const first = await runToEnd(api);
    const fork = await api.forkSearch({ id: first.id.slice(0, 8), set: [['train.learningRate', 0.01]], seed: 9, name: 'changed' });
    expect(fork).toMatchObject({ origin: first.id, name: 'changed', config: { seed: 9, train: { learningRate: 0.01 }, strategy: { warmupSteps: 20 } } });
    expect((await api.whenEnded(fork.id)).state).toBe('complete');
  });
});

describe('slow: records', () => {
  it('reading a home that does not exist shows nothing and creates nothing', async () => {
    const home = join(temporaryFolder(), 'nothing', 'here');
    const { api } = openTestLab(home);
    expect([await api.experiments(), await api.datasets()]).toEqual([[], []]);
    await expect(api.experiment('x')).rejects.toMatchObject({ code: 'unknown-experiment' });
    expect((await api.doctor()).database).toBe('missing');
    expect(existsSync(home)).toBe(false);
  });

  it('an experiment is found by the beginning of its id; removing it frees its folder', async () => {
    const { api } = await labWithData();
    const first = await runToEnd(api);
    const second = await runToEnd(api);
    await expect(api.experiment('hrnas-')).rejects.toMatchObject({ code: 'ambiguous-id' });
    expect(await api.annotate(first.id, { tags: ['paper'], note: 'kept' })).toMatchObject({ tags: ['paper'], note: 'kept', state: 'complete' });
    const { freedBytes } = await api.removeExperiment(first.id);
    expect(freedBytes).toBeGreaterThan(8 * 512);
    expect(existsSync(first.folder)).toBe(false);
    expect((await api.experiments()).map(({ id }) => id)).toEqual([second.id]);
  });

  it('a running experiment is neither removed nor resumed', async () => {
    behave({ stepMs: 20 });
    const { api } = await labWithData();
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await expect(api.removeExperiment(id)).rejects.toMatchObject({ code: 'still-running', tip: expect.stringContaining(`lab stop ${id}`) });
    await expect(api.resumeSearch(id)).rejects.toMatchObject({ code: 'still-running' });
    await api.stopSearch(id);
    await expect(api.stopSearch(id)).resolves.toMatchObject({ state: 'stopped' });
  });

  it('prune lists first and deletes with apply: cut-off writes, unnamed weights, states of finished experiments', async () => {
    const { api } = await labWithData();
    const { folder, id } = await runToEnd(api);
    writeFileSync(join(folder, 'trial-99.safetensors'), 'abc');
    writeFileSync(join(folder, 'trial-3.safetensors.part'), 'ab');
    const listed = await api.prune();
    expect(listed.files.map(({ path, reason }) => `${path.slice(folder.length + 1)} ${reason}`).sort()).toEqual([
      'state-60.safetensors finished-state',
      'trial-3.safetensors.part partial',
      'trial-99.safetensors unnamed',
      'warm-up.safetensors finished-state',
    ]);
    expect(listed).toMatchObject({ applied: false, bytes: 5 + 2 * 512 });
    expect(existsSync(join(folder, 'trial-99.safetensors'))).toBe(true);
    expect(await api.prune({ apply: true })).toMatchObject({ applied: true, bytes: listed.bytes });
    expect(readdirSync(folder).sort()).toEqual(['experiment.json', 'journal.jsonl', ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => `trial-${n}.safetensors`)]);
    expect((await api.prune()).files).toEqual([]);
    expect((await api.trials(id)).length).toBe(8);
  });

  it('prune names the features of frozen backbones as one, unless a search runs', async () => {
    const { api, home } = await labWithData();
    const folder = join(home, 'features', 'ab');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'abc.features'), '12345');
    const features = { path: join(home, 'features'), bytes: 5, reason: 'features' };
    expect((await api.prune()).files).toEqual([features]);
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    expect((await api.prune({ apply: true })).files).toEqual([]);
    await api.stopSearch(id);
    expect((await api.prune({ apply: true })).files).toContainEqual(features);
    expect(existsSync(join(home, 'features'))).toBe(false);
  });

  it('data sets: a second one gets a number, a folder of no known layout and a changed folder are refused', async () => {
    const { api, data, home } = await labWithData();
    expect((await api.addDataset({ root: data })).name).toBe('cityscapes');
    expect((await api.addDataset({ root: data })).name).toBe('cityscapes-2');
    await expect(api.addDataset({ root: data, name: 'city' })).rejects.toMatchObject({ code: 'dataset-exists' });
    await expect(api.addDataset({ root: join(home, 'nowhere') })).rejects.toMatchObject({ code: 'root-not-found' });
    await expect(api.addDataset({ root: data, name: '../x' })).rejects.toMatchObject({ code: 'bad-name' });
    const other = writeCityscapesShell(join(temporaryFolder(), 'other'));
    writeFileSync(join(other, 'leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png'), 'longer than before, so another fingerprint');
    await expect(api.relocateDataset('city', other)).rejects.toMatchObject({ code: 'dataset-differs' });
    await api.removeDataset('cityscapes');
    expect((await api.datasets()).map(({ name }) => name)).toEqual(['city', 'cityscapes-2']);
  });
});
