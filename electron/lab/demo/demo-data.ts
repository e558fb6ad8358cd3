import { realpathSync } from 'node:fs';
import { synthesizeCityscapes } from '../../../datasets/cityscapes/synthesize/synthesize.ts';
import type { DatasetView, LabApi } from '../../ipc/contract.ts';

/** The demo's data: enough cities to hold some out, small enough to be drawn in seconds. */
export const demoData = { name: 'demo-streets', train: 400, val: 20, test: 0, height: 128, width: 256, seed: 0 } as const;

export interface DrawControl {
  readonly signal: AbortSignal;
  progress(done: number, total: number): void;
}

/** Draws what is missing of the demo's pictures into `root`. Resolves with how many files were written; rejects when it was aborted. */
export async function drawDemoData(root: string, { signal, progress }: DrawControl): Promise<number> {
  const { name: _name, ...counts } = demoData;
  const { written } = await synthesizeCityscapes(root, { ...counts, signal, onProgress: ({ done, total }) => progress(done, total) });
  return written;
}

/** The registered data set of `root`; registered anew when pictures were written. */
export async function registerDemoData(lab: LabApi, root: string, written: number): Promise<DatasetView> {
  const known = (await lab.datasets()).find((entry) => entry.root === realpathSync(root));
  if (known !== undefined && written === 0) return known;
  if (known !== undefined) await lab.removeDataset(known.name);
  const isTaken = (await lab.datasets()).some((entry) => entry.name === demoData.name);
  return lab.addDataset({ root, ...(isTaken ? {} : { name: demoData.name }) });
}
