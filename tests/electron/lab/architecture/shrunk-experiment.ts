import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '../../../../db/memory/memory-store.ts';
import type { ExperimentStore, Json } from '../../../../db/store.ts';
import type { LabContext } from '../../../../electron/lab/context.ts';
import { layoutOf } from '../../../../electron/lab/home.ts';
import { findSpace } from '../../../../engine/catalog.ts';
import { estimate } from '../../../../engine/cost/estimate.ts';
import { parseSearchConfig } from '../../../../engine/search/config.ts';
import { rankingSize } from '../../../../engine/search/network.ts';
import { architectureHash } from '../../../../engine/spaces/canonical.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';
import { tinyConfig } from '../tiny-config.ts';

export const config = parseSearchConfig(tinyConfig());
const space = findSpace('hr-nas');
/** The supernet of the experiments below. */
export const supernet = space.canonical(space.largest(config.space as Architecture['settings']));
const input = [...rankingSize(config), 3];
const runner = { pid: 1, bootId: 'boot', startedAt: '1' };

/** The supernet with these choices changed. */
export function shrunk(change: Readonly<Record<string, number>>): Architecture {
  return space.canonical({ ...supernet, choices: { ...supernet.choices, ...change } });
}

export interface TrialRequest {
  readonly number: number;
  readonly arch: Architecture;
  readonly value: number;
  /** Of the value; 'proxy' when left out. */
  readonly kind?: 'proxy' | 'retrained';
  readonly series?: string;
  readonly operator?: string;
  readonly parents?: readonly number[];
  readonly role?: string;
  readonly steps?: number;
  readonly details?: Json;
}

/** A store with experiment 'hrnas-1' and its complete trials; the context of a lab on it. */
export function labOn(
  trials: readonly TrialRequest[],
  change: Json = config as unknown as Json,
): { store: ExperimentStore; context: LabContext } {
  const store = createMemoryStore();
  store.createExperiment({ id: 'hrnas-1', name: 'streets', system: 'hr-nas', config: change, environment: {}, runner });
  for (const trial of trials) addTrial(store, trial);
  const layout = layoutOf(mkdtempSync(join(tmpdir(), 'lab-architecture-')));
  return { store, context: { layout, reading: () => store } as LabContext };
}

export function addTrial(
  store: ExperimentStore,
  { number, arch, value, kind = 'proxy', series, operator = 'shrink', parents, role = 'front', steps = 5, details }: TrialRequest,
): void {
  const hash = architectureHash(arch);
  const { macs, params, activationBytes } = estimate(space.graph(arch, input));
  store.startTrial('hrnas-1', { number, arch: arch as unknown as Json, hash });
  store.finishTrial('hrnas-1', {
    number,
    arch: arch as unknown as Json,
    hash,
    cost: { macs, params, activationBytes, input, scope: 'full' },
    metrics: [{ name: 'mIoU', value, split: 'search-val', kind }],
    steps,
    seed: 1,
    role,
    operator,
    ...(series === undefined ? {} : { series }),
    ...(parents === undefined ? {} : { parents }),
    ...(details === undefined ? {} : { details }),
  });
}
