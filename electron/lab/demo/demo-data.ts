import { realpathSync } from 'node:fs';
import type { DatasetView, LabApi } from '../../ipc/contract.ts';

/** Pictures that a demo draws for itself. */
export interface DemoData {
  /** Of its folder, and of the data set. */
  readonly name: string;
  /** 'street scenes' */
  readonly pictures: string;
  /** Draws what is missing into `root`. Resolves with how many files were written; rejects when it was aborted. */
  draw(root: string, control: DrawControl): Promise<number>;
}

export interface DrawControl {
  readonly signal: AbortSignal;
  progress(done: number, total: number): void;
}

/** The registered data set of `root`; registered anew when pictures were written. */
export async function registerDemoData(lab: LabApi, { name }: DemoData, root: string, written: number): Promise<DatasetView> {
  const known = (await lab.datasets()).find((entry) => entry.root === realpathSync(root));
  if (known !== undefined && written === 0) return known;
  if (known !== undefined) await lab.removeDataset(known.name);
  const isTaken = (await lab.datasets()).some((entry) => entry.name === name);
  return lab.addDataset({ root, ...(isTaken ? {} : { name }) });
}
