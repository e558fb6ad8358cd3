import type { LabApi } from './contract.ts';

/** Every operation of the lab; events go another way. */
export type LabMethod = Exclude<keyof LabApi, 'onEvent'>;

/** The operations by name, for the faces that carry calls between processes: one line each. */
const table: { readonly [M in LabMethod]: true } = {
  startSearch: true,
  resumeSearch: true,
  stopSearch: true,
  whenEnded: true,
  forkSearch: true,
  experiments: true,
  experiment: true,
  trials: true,
  log: true,
  scalarNames: true,
  scalars: true,
  frontInputs: true,
  annotate: true,
  removeExperiment: true,
  exportExperiment: true,
  importExperiment: true,
  prune: true,
  addDataset: true,
  datasets: true,
  dataset: true,
  removeDataset: true,
  relocateDataset: true,
  doctor: true,
  // Maintenance
  installBackend: true,
  removeBackend: true,
  exportDiagnostics: true,
  // Queue and settings
  plans: true,
  savePlan: true,
  removePlan: true,
  settings: true,
  changeSettings: true,
  // Follow-up
  retrain: true,
  retraining: true,
  keepTrialResults: true,
  replay: true,
  // Latency
  measureLatency: true,
  profileDevice: true,
  deviceProfiles: true,
  predictLatency: true,
  exportDeviceProfile: true,
  // Exports
  exportNetwork: true,
  paperPack: true,
  // Planning
  catalog: true,
  draftConfig: true,
  dryRun: true,
  // Overview and demo
  appInfo: true,
  experimentSummaries: true,
  experimentSummary: true,
  runView: true,
  archiveExperiments: true,
  backends: true,
  demos: true,
  startDemo: true,
  // Looking into data sets
  recogniseDataset: true,
  checkDataset: true,
  datasetOverviews: true,
  datasetDetail: true,
  exportFindings: true,
  archivedDatasets: true,
  archiveDataset: true,
  classHistogram: true,
  jointStatistics: true,
  samples: true,
  sample: true,
  // Evaluations
  evaluate: true,
  evaluations: true,
  evaluation: true,
  confusionSamples: true,
  keepEvaluation: true,
  removeEvaluation: true,
  // Jobs
  jobs: true,
  cancelJob: true,
  // Architectures
  architecture: true,
  networkGraph: true,
  diffArchitectures: true,
  lineage: true,
  sharedBlocks: true,
  exportGraph: true,
  publishedNetworks: true,
  // Dynamics
  dynamics: true,
  rankAgreement: true,
  // Trade-off
  frontView: true,
  trialRows: true,
  choiceColumns: true,
  bestUnder: true,
  trialAnnotations: true,
  annotateTrials: true,
  editReference: true,
  exportFront: true,
  // Compare
  compare: true,
  exportComparison: true,
  // Places
  places: true,
  listFolders: true,
  pickPath: true,
  readArchitecture: true,
  showInFolder: true,
};

export const labMethods = Object.keys(table) as readonly LabMethod[];
