import { openLab as openService } from '../lab.ts';
import type { OpenedLab } from './main.ts';
import type { CommonOptions } from './session.ts';

/** The application service on the home that the options (or LAB_HOME) name. Nothing is opened before the first call that needs it. */
export function openLab({ home }: CommonOptions): Promise<OpenedLab> {
  return Promise.resolve(openService(home === undefined ? {} : { home }));
}
