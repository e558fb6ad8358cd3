import { createArchitectureApi } from './architecture/operations.ts';
import { createCompareApi } from './compare/operations.ts';
import type { LabContext } from './context.ts';
import { createDatasetBrowsingApi } from './datasets/browsing.ts';
import { createDatasetsApi } from './datasets/operations.ts';
import { createEvaluationsApi } from './evaluation/operations.ts';
import { createDemoApi } from './demo/operations.ts';
import { createOverviewApi } from './overview/operations.ts';
import { createDynamicsApi } from './dynamics/operations.ts';
import { createPlacesApi } from './places/places.ts';
import { createFollowUpApi } from './follow-up/operations.ts';
import { createMaintenanceApi } from './maintenance/operations.ts';
import { createQueueApi } from './queue/operations.ts';
import { createSettingsApi } from './settings/operations.ts';
import { createLatencyApi } from './latency/operations.ts';
import { createExportsApi } from './exports/operations.ts';
import { createPlanningApi } from './planning/operations.ts';
import { createTradeoffApi } from './tradeoff/operations.ts';

/**
 * The groups of operations beside experiments and the home: one line each. A group implements one interface of electron/ipc
 * as a function of what an opened lab shares.
 */
export const groups: readonly ((context: LabContext) => object)[] = [
  createArchitectureApi,
  createDynamicsApi,
  createDatasetsApi,
  createDatasetBrowsingApi,
  createEvaluationsApi,
  createDemoApi,
  createOverviewApi,
  createPlacesApi,
  createPlanningApi,
  createTradeoffApi,
  createCompareApi,
  createExportsApi,
  createFollowUpApi,
  createLatencyApi,
  createMaintenanceApi,
  createQueueApi,
  createSettingsApi,
];
