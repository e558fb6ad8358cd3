import type { LabApi } from './contract.ts';
import type { LabMethod } from './methods.ts';

/** A path among the arguments of a call. 'write' names a file or folder that need not exist; its parent must lie in a granted root. */
export interface PathArgument {
  readonly path: string;
  readonly access: 'read' | 'write';
}

type PathsOf = { readonly [M in LabMethod]?: (...args: Parameters<LabApi[M]>) => readonly PathArgument[] };

/** Which operations are handed paths. The faces that carry calls of an interface let only granted ones through. */
export const pathArguments: PathsOf = {
  exportExperiment: (_id, file) => [{ path: file, access: 'write' }],
  exportGraph: (_ref, { target }) => (target === undefined ? [] : [{ path: target, access: 'write' }]),
  exportNetwork: (_ref, { weights, target }) => [
    ...(weights === undefined || weights === 'fill' ? [] : [{ path: weights, access: 'read' } as const]),
    ...(target === undefined ? [] : [{ path: target, access: 'write' } as const]),
  ],
  exportDiagnostics: (target) => (target === undefined ? [] : [{ path: target, access: 'write' }]),
  changeSettings: ({ storage }) => (storage?.workspace === undefined ? [] : [{ path: storage.workspace, access: 'write' }]),
  paperPack: (_ids, { target } = {}) => (target === undefined ? [] : [{ path: target, access: 'write' }]),
  exportComparison: ({ target }) => (target === undefined ? [] : [{ path: target, access: 'write' }]),
  exportFront: ({ target }) => (target === undefined ? [] : [{ path: target, access: 'write' }]),
  exportDeviceProfile: (_profile, target) => (target === undefined ? [] : [{ path: target, access: 'write' }]),
  importExperiment: (file) => [{ path: file, access: 'read' }],
  addDataset: ({ root }) => [{ path: root, access: 'read' }],
  relocateDataset: (_name, root) => [{ path: root, access: 'read' }],
  recogniseDataset: (root) => [{ path: root, access: 'read' }],
  checkDataset: (request) => ('root' in request ? [{ path: request.root, access: 'read' }] : []),
  exportFindings: ({ file }) => (file === undefined ? [] : [{ path: file, access: 'write' }]),
  evaluate: ({ subject: { weights } }) => (weights?.kind === 'file' ? [{ path: weights.path, access: 'read' }] : []),
  keepEvaluation: ({ subject: { weights } }) => (weights?.kind === 'file' ? [{ path: weights.path, access: 'read' }] : []),
  listFolders: ({ path } = {}) => (path === undefined ? [] : [{ path, access: 'read' }]),
  readArchitecture: (path) => [{ path, access: 'read' }],
  showInFolder: (path) => [{ path, access: 'read' }],
};
