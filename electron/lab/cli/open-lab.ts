import type { OpenedLab } from './main.ts';
import type { CommonOptions } from './session.ts';

export async function openLab(options: CommonOptions): Promise<OpenedLab> {
  throw new Error('not yet' + JSON.stringify(options));
}
