/** In the place of a process that computes: doubles numbers and ends, or waits for ever. */
import { runInProcess } from '../../../../electron/compute/run-in-process.ts';

interface Work {
  readonly numbers?: Float64Array;
}

void runInProcess<unknown, Work>(async (port) => {
  const { numbers } = await new Promise<Work>((done) => port.onMessage(done));
  if (numbers === undefined) await new Promise(() => setInterval(() => undefined, 1_000));
  else await port.send({ doubled: numbers.map((value) => 2 * value), env: process.env['MALLOC_MMAP_MAX_'] });
});
