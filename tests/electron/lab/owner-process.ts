/**
 * A process that owns a home and runs one fake search in it, as `lab search` does. Prints the id, then the state at the end.
 * Arguments: home, milliseconds a step, and optionally the id of an experiment to resume.
 */
import { forkCompute } from '../../../electron/lab/launch-compute.ts';
import { openLab } from '../../../electron/lab/lab.ts';
import { tinyConfig } from './tiny-config.ts';

const [home = '', stepMs = '2', resume] = process.argv.slice(2);
process.env['LAB_TEST_FAKE'] = JSON.stringify({ stepMs: Number(stepMs) });
const lab = openLab({ home, command: 'lab search', launchCompute: forkCompute(new URL('./fake-compute.ts', import.meta.url)) });
const { id } =
  resume === undefined ? await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' }) : await lab.api.resumeSearch(resume);
process.stdout.write(`${id}\n`);
const { state } = await lab.api.whenEnded(id);
await lab.close();
process.stdout.write(`${state}\n`);
