import { spaces } from '../../../engine/catalog.ts';
import type { ArchitectureApi } from '../../ipc/architecture.ts';
import type { TrialView } from '../../ipc/contract.ts';
import type { LabContext } from '../context.ts';
import { findExperiment } from '../search-setup.ts';
import { trialView } from '../views.ts';
import { writeExport } from '../write-export.ts';
import { architectureView } from './architecture-view.ts';
import { architectureDiff } from './diff-view.ts';
import { graphDocument } from './documents.ts';
import { lineageOf } from './lineage.ts';
import { buildNetwork } from './resolve.ts';
import { sharedBlocks } from './shared-blocks.ts';

/** Networks as graphs. */
export function createArchitectureApi(context: LabContext): ArchitectureApi {
  const trialsOf = (given: string): { readonly id: string; readonly trials: readonly TrialView[] } => {
    const store = context.reading();
    const { id } = findExperiment(store, given);
    return { id, trials: store.trials(id).map((trial) => trialView(context.layout, trial)) };
  };
  return {
    architecture: async (ref, options) => architectureView(context.reading(), buildNetwork(context, ref, options)),
    networkGraph: async (ref, options) => buildNetwork(context, ref, options).graph,
    diffArchitectures: async (a, b, options = {}) => {
      const first = buildNetwork(context, a, options);
      const [height = 0, width = 0] = first.input;
      return architectureDiff(first, buildNetwork(context, b, { input: [height, width] }));
    },
    lineage: async (given, number) => {
      const { id, trials } = trialsOf(given);
      return lineageOf(id, trials, number);
    },
    sharedBlocks: async (given, number) => {
      const { id, trials } = trialsOf(given);
      return sharedBlocks(id, trials, number);
    },
    exportGraph: async (ref, options) => {
      const { name, text } = graphDocument(buildNetwork(context, ref, options), options);
      return writeExport(context.layout.root, name, options.target, text);
    },
    publishedNetworks: async () =>
      spaces.flatMap(({ id, published }) => published.map(({ name, source }) => ({ name, space: id, source }))),
  };
}
