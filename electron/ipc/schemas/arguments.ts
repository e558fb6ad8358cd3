import type { z } from 'zod';
import type { LabMethod } from '../methods.ts';
import { architectureSchemas } from './architecture.ts';
import { datasetBrowsingSchemas } from './dataset-browsing.ts';
import { compareSchemas } from './compare.ts';
import { datasetSchemas } from './datasets.ts';
import { dynamicsSchemas } from './dynamics.ts';
import { evaluationSchemas } from './evaluations.ts';
import { experimentSchemas } from './experiments.ts';
import { exportSchemas } from './exports.ts';
import { followUpSchemas } from './follow-up.ts';
import { maintenanceSchemas } from './maintenance.ts';
import { queueSchemas } from './queue.ts';
import { settingsSchemas } from './settings.ts';
import { latencySchemas } from './latency.ts';
import { homeSchemas } from './home.ts';
import { planningSchemas } from './planning.ts';
import { overviewSchemas } from './overview.ts';
import { placeSchemas } from './places.ts';
import { tradeoffSchemas } from './tradeoff.ts';

/**
 * The arguments of every operation as they may come from another process. Never imported by the preload or the renderer.
 * One file a group of operations; this table holds them together.
 */
export const argumentSchemas: { readonly [M in LabMethod]: z.ZodType<readonly unknown[]> } = {
  ...experimentSchemas,
  ...datasetSchemas,
  ...datasetBrowsingSchemas,
  ...evaluationSchemas,
  ...homeSchemas,
  ...architectureSchemas,
  ...dynamicsSchemas,
  ...planningSchemas,
  ...exportSchemas,
  ...followUpSchemas,
  ...latencySchemas,
  ...maintenanceSchemas,
  ...queueSchemas,
  ...settingsSchemas,
  ...placeSchemas,
  ...tradeoffSchemas,
  ...compareSchemas,
  ...overviewSchemas,
};
