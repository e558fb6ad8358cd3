/** Who may import whom (conventions, section 2). A folder may always import itself. */
export interface FolderRule {
  readonly runTime: readonly string[];
  readonly types: readonly string[];
}

/** Top folders. */
export const folders: Readonly<Record<string, FolderRule>> = {
  electron: { runTime: ['engine', 'datasets', 'db', 'package.json'], types: [] }, // package.json: the product's version
  engine: { runTime: [], types: ['datasets'] },
  datasets: { runTime: [], types: [] },
  db: { runTime: [], types: [] },
  renderer: { runTime: [], types: ['electron/ipc', 'engine', 'db', 'datasets'] },
  build: { runTime: ['bin', 'engine'], types: [] }, // engine: where native TensorFlow lies
  bin: { runTime: ['build'], types: [] },
  tests: { runTime: ['electron', 'engine', 'datasets', 'db', 'renderer', 'build', 'bin', 'package.json'], types: [] },
};

/** Inside the engine: search -> {strategies, train, tasks} -> run -> backend, and the pure side -> {spaces, metrics} -> graph. */
const pureBase = ['spaces', 'metrics', 'graph'];
const tensorBase = ['run', 'backend', ...pureBase, 'cost', 'export'];
export const engineFolders: Readonly<Record<string, FolderRule>> = {
  graph: { runTime: [], types: [] },
  spaces: { runTime: ['graph'], types: [] },
  metrics: { runTime: ['graph'], types: [] },
  cost: { runTime: pureBase, types: [] },
  export: { runTime: [...pureBase, 'cost'], types: [] },
  strategies: { runTime: [...pureBase, 'cost'], types: [] },
  backend: { runTime: [], types: ['graph'] },
  run: { runTime: ['backend', ...pureBase], types: [] },
  tasks: { runTime: tensorBase, types: [] },
  train: { runTime: tensorBase, types: ['tasks'] },
  search: { runTime: ['catalog.ts', 'strategies', 'train', 'tasks', ...tensorBase], types: [] },
  verify: { runTime: ['catalog.ts', 'train', 'tasks', ...tensorBase], types: [] },
};

/** Files of the engine's root that everything inside it may import. */
export const engineBasics = ['engine/error.ts', 'engine/assert-never.ts', 'engine/rng.ts'];

/** Pure parts: nothing that they load, directly or not, touches tensors. */
export const purePaths = [
  'engine/graph/',
  'engine/spaces/',
  'engine/strategies/',
  'engine/metrics/',
  'engine/cost/',
  'engine/export/',
  'engine/catalog.ts',
  'engine/search/config.ts',
  'engine/search/events.ts',
];
export const tensorPaths = ['engine/run/', 'engine/train/', 'engine/tasks/', 'engine/backend/'];

/** Packages that belong to one place; a trailing slash means every package below. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  '@tensorflow/': ['engine/backend/'],
  electron: ['electron/main/', 'electron/preload/'],
  'better-sqlite3': ['db/sqlite/'],
  sharp: ['datasets/'],
  commander: ['electron/lab/cli/'],
  'cli-progress': ['electron/lab/cli/'],
  yauzl: ['electron/lab/native/', 'datasets/'],
  protobufjs: ['engine/export/'],
  zod: ['electron/', 'engine/search/', 'engine/spaces/', 'engine/verify/', 'datasets/', 'db/'],
};

/** What the interface is made of. The bundle takes it over, so it is for development only. */
export const interfacePackages = [
  '@dagrejs/dagre',
  '@tanstack/vue-virtual',
  '@vueuse/core',
  'chart.js',
  'chartjs-chart-matrix',
  'element-plus',
  'minisearch',
  'pinia',
  'vue',
  'vue-router',
];

/** Of these the bundle takes over the files that are used (build/bundle.ts), so they are for development only. */
export const bundledPackages = ['@tensorflow/tfjs-node-gpu'];
/** Provided by what runs the product. */
export const providedPackages = ['electron'];

/** Folders that know no Node: the engine but for its backends, and the interface. */
export const withoutNode = ['engine/', 'renderer/'];
export const nodeHomes = ['engine/backend/'];

/** index.ts is the entry of a process, never a barrel. */
export const processEntries = [
  'electron/main/index.ts',
  'electron/preload/index.ts',
  'electron/compute/index.ts',
  'electron/compute/tasks/index.ts',
  'electron/lab/cli/index.ts',
  'electron/lab/process/index.ts',
];

/** The one door to TensorFlow.js re-exports an allow-list. */
export const allowedReExports = ['engine/backend/tf.ts'];
