import { initial } from './0001-initial.ts';
import { besideTrials } from './0002-beside-trials.ts';
import { evaluations } from './0003-evaluations.ts';
import { archive } from './0004-archive.ts';
import { plans } from './0005-plans.ts';

/** One step forward of the schema. Never edited once released. */
export interface Migration {
  /** `user_version` after it. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order, versions 1, 2, 3, ... */
export const migrations: readonly Migration[] = [initial, besideTrials, evaluations, archive, plans];
