/**
 * A process as `lab search` or `lab resume` is: owns the home, runs one search by a compute process of the product (not started again by itself), prints the id, then the state at the end.
 * Arguments: home, configuration as JSON (on the data set 'city' unless it names another), backend, and optionally the id of an experiment to resume.
 */
import type { Json } from '../../../db/store.ts';
import { openLab } from '../../../electron/lab/lab.ts';

const [home = '', config = '', backend = '', resume] = process.argv.slice(2);
const lab = openLab({ home, command: 'lab search', restartDelaysMs: [] });
const parsed = JSON.parse(config) as Json & { readonly data?: { readonly dataset?: string } };
const { id } =
  resume === undefined
    ? await lab.api.startSearch({ config: parsed, dataset: parsed.data?.dataset ?? 'city', backend })
    : await lab.api.resumeSearch(resume);
process.stdout.write(`${id}\n`);
const { state, failure } = await lab.api.whenEnded(id);
await lab.close();
process.stdout.write(`${state}${failure === undefined ? '' : `: ${failure.code} ${failure.message}`}\n`);
