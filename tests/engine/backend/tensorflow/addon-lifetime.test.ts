import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { NativeBinding } from '../../../../engine/backend/tensorflow/binding.ts';
import { addMatrixPower, float, hasAddon, hasTensorflow, nothing, openAddon, preamble, tensorflowFolder } from './addon-fixture.ts';

/** A process of its own that runs a program with the closed addon as `binding`. */
function runProgram(program: string): { readonly stdout: string; readonly stderr: string; readonly status: number | null } {
  const { TF_CPP_MIN_LOG_LEVEL: _, ...env } = process.env;
  return spawnSync(process.execPath, ['--eval', preamble + program], { encoding: 'utf8', timeout: 15_000, env });
}

/** Runs a program in a worker; what it gives to `say` comes back when the worker has ended. */
async function runWorker(program: string): Promise<unknown[]> {
  const said: unknown[] = [];
  const worker = new Worker(`const say = (x) => require('node:worker_threads').parentPort.postMessage(x);${preamble}${program}`, {
    eval: true,
  });
  worker.on('message', (message) => said.push(message));
  const code = await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  expect(code).toBe(0);
  return said;
}

describe.skipIf(!hasAddon)('addon without TensorFlow', () => {
  it('before open everything that needs TensorFlow says so, and what does not answers', () => {
    const { stdout } = runProgram(`
      const said = {};
      for (const name of Object.keys(binding).filter((name) => typeof binding[name] === 'function' && name !== 'open')) {
        try { said[name] = binding[name](0, 0, [], [], [], []) ?? 'undefined'; } catch (error) { said[name] = error.code + ' ' + error.message; }
      }
      console.log(JSON.stringify(said));
    `);
    const { version, counts, getNumOfTensors, ownOps, updatesInPlace, ...others } = JSON.parse(stdout) as Record<string, unknown>;
    expect({ version, counts, ownOps }).toEqual({ version: 'undefined', counts: nothing, ownOps: [] });
    expect([getNumOfTensors, updatesInPlace]).toEqual([0, 0]);
    expect(Object.keys(others)).toHaveLength(18);
    for (const [name, said] of Object.entries(others)) {
      if (!['call', 'callAsync', 'removeFunction'].includes(name))
        expect(said).toBe(`not-open ${name}: TensorFlow is not open; call open first`);
    }
  });

  it('a folder without the libraries is refused with the path of the first one; the process goes on', () => {
    const { stdout, stderr } = runProgram(`
      try { binding.open('/no/such/folder', new Uint8Array(0), 1); } catch (error) { console.log(error.code, error.message, binding.version()); }
    `);
    expect(stdout).toMatch(
      /^library-not-loaded opening TensorFlow: \/no\/such\/folder\/libtensorflow_framework\S+ cannot be loaded: .* undefined\n$/,
    );
    expect(stderr).toBe('');
  });
});

describe.skipIf(!hasTensorflow || process.platform !== 'linux')('addon with half of TensorFlow', () => {
  it('a library without the functions is refused with the name of the first one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'half-'));
    for (const name of ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2']) {
      symlinkSync(join(tensorflowFolder, 'libtensorflow_framework.so.2'), join(folder, name));
    }
    const { stdout } = runProgram(`
      try { binding.open(${JSON.stringify(folder)}, new Uint8Array(0), 1); } catch (error) { console.log(error.code, error.message); }
      open();
      console.log(binding.version());
    `);
    rmSync(folder, { recursive: true });
    expect(stdout).toMatch(/^function-missing opening TensorFlow: the libraries in \S+ have no function TFE?_\w+; .*\n2\.\d+\.\S+\n$/);
  });
});

describe.skipIf(!hasTensorflow)('addon, asynchronous calls and ends', () => {
  const binding = hasTensorflow ? openAddon() : (undefined as unknown as NativeBinding);
  const one = (size: number): number => binding.createTensor([size, size], float, new Float32Array(size * size).fill(1 / size));
  afterEach(() => expect(binding.counts()).toEqual(nothing));

  it('an asynchronous call leaves the event loop free, and inputs and function may go meanwhile', async () => {
    const size = 384;
    addMatrixPower(binding, 'heavy', size, 20);
    const x = one(size);
    const promise = binding.callAsync('heavy', Int32Array.of(x), 1);
    binding.deleteTensor(x);
    binding.removeFunction('heavy');
    expect(binding.counts()).toEqual({ ...nothing, pendingCalls: 1 });
    expect(() => addMatrixPower(binding, 'heavy', 2, 1)).toThrow('there is a function heavy already');
    let turns = 0;
    let isDone = false;
    void promise.finally(() => (isDone = true));
    while (!isDone) {
      turns++;
      await new Promise(setImmediate);
    }
    const [result] = await promise;
    expect(turns).toBeGreaterThan(10);
    const values = binding.tensorDataSync(result!) as Float32Array;
    expect(values.every((value) => Math.abs(value * size - 1) < 1e-4)).toBe(true); // the matrix is its own square
    binding.deleteTensor(result!);
    addMatrixPower(binding, 'heavy', 2, 1);
    binding.removeFunction('heavy');
  });

  it('slow: 2,000 functions made, called and removed: resident memory stays after the first 200', () => {
    const x = one(8);
    const round = (name: string): void => {
      addMatrixPower(binding, name, 8, 10);
      for (const id of binding.call(name, Int32Array.of(x), 1)) binding.deleteTensor(id);
      binding.removeFunction(name);
    };
    for (let i = 0; i < 200; i++) round(`warm${i}`);
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 2000; i++) round(`round${i}`);
    expect(process.memoryUsage.rss() - before).toBeLessThan(40 * 2 ** 20); // 10 MB were measured; 170 MB when no function is removed
    binding.deleteTensor(x);
  }, 60_000);

  it('a worker has a context of its own with the same library; what it leaves behind goes with it', async () => {
    const x = one(2);
    const said = await runWorker(`
      try { binding.createTensor([1], 1, new Float32Array(1)); } catch (error) { say(error.message); }
      open();
      const leak = binding.createTensor([2], 1, Float32Array.of(3, 4));
      const graph = binding.graphNew();
      const input = binding.graphPlaceholder(graph, 1, [2]);
      const output = binding.graphOp(graph, 'Neg', [{ name: 'T', type: 4, value: 1 }], [input], 1)[0].id;
      binding.graphToFunction(graph, 'negative', [input], [output]);
      say([...binding.tensorDataSync(binding.call('negative', Int32Array.of(leak), 1)[0])]);
      say(binding.counts());
      void binding.callAsync('negative', Int32Array.of(leak), 1);
      process.exit(0);
    `);
    expect(said).toEqual([
      'createTensor: TensorFlow is not open; call open first',
      [-3, -4],
      { tensors: 2, graphs: 1, functions: 1, pendingCalls: 0 },
    ]);
    binding.deleteTensor(x);
  });

  it('one process holds one TensorFlow and one number of threads', async () => {
    const said = await runWorker(`
      const attempt = (...args) => { try { binding.open(...args); } catch (error) { say(error.code + ': ' + error.message); } };
      attempt('/elsewhere', new Uint8Array(0), 2);
      attempt(${JSON.stringify(tensorflowFolder)}, new Uint8Array(0), 7);
      open();
      say(binding.version());
    `);
    expect(said).toEqual([
      expect.stringMatching(/^already-open: opening TensorFlow from \/elsewhere: this process has loaded it from /),
      'already-open: opening TensorFlow: the kernels of this process use 2 threads, but 7 were asked for',
      binding.version(),
    ]);
  });

  it('slow: a process that ends in the middle of a call, or with everything left open, ends well and says nothing', () => {
    const make = `
      open();
      const graph = binding.graphNew();
      const input = binding.graphPlaceholder(graph, 1, [256, 256]);
      let output = input;
      for (let i = 0; i < 30; i++) output = binding.graphOp(graph, 'MatMul', [{ name: 'T', type: 4, value: 1 }], [output, input], 1)[0].id;
      binding.graphToFunction(graph, 'power', [input], [output]);
      const promise = binding.callAsync('power', Int32Array.of(binding.createTensor([256, 256], 1, new Float32Array(65536))), 1);
    `;
    expect(runProgram(`${make} process.exit(7);`)).toMatchObject({ status: 7, stdout: '', stderr: '' });
    // the call alone keeps the process alive until it has ended
    expect(runProgram(`${make} promise.then((ids) => console.log(ids.length));`)).toMatchObject({ status: 0, stdout: '1\n', stderr: '' });
  });

  it('slow: lines that are no greeting of TensorFlow come through, also when they are written during the load', () => {
    const { stderr } = runProgram(`
      const { writeSync } = require('node:fs');
      const { Worker } = require('node:worker_threads');
      const ready = new Int32Array(new SharedArrayBuffer(4));
      new Worker('const { workerData } = require("node:worker_threads"); for (let i = 0; i < 400; i++) { require("node:fs").writeSync(2, "line " + i + "\\\\n"); Atomics.store(workerData, 0, 1); Atomics.wait(workerData, 0, 1, 2); }', { eval: true, workerData: ready });
      while (Atomics.load(ready, 0) === 0);
      open();
    `);
    const lines = Array.from({ length: 400 }, (_, i) => `line ${i}`);
    expect(stderr.trimEnd().split('\n').sort()).toEqual(lines.sort()); // at the end of the load one may overtake another
  });
});
