import type { AttributeChange, DiffEdge, DiffElement } from '../../engine/graph/diff.ts';
import type { ModelGraph } from '../../engine/graph/model-graph.ts';
import type { OutlineEdge, OutlineElement, PartCost } from '../../engine/graph/outline.ts';
import type { Metric } from '../../engine/search/events.ts';
import type { Architecture } from '../../engine/spaces/search-space.ts';

/** Something that has a network: a trial, the supernet that an experiment searches in, a published network ('hr-nas:cs2'), an architecture itself. */
export type ArchitectureRef =
  | { readonly experiment: string; readonly trial: number }
  | { readonly experiment: string; readonly supernet: true }
  | { readonly published: string }
  | { readonly architecture: Architecture };

export interface NetworkOptions {
  /** 'retrain' is the network as the final recipe trains it, where the space has such a form; default 'search', the architecture as it is. */
  readonly form?: 'search' | 'retrain';
  /** [height, width]; by default what its trial was measured with, else the published size. */
  readonly input?: readonly [number, number];
}

/** Networks as graphs: what they consist of and cost, how two differ, where one comes from. */
export interface ArchitectureApi {
  /** Rejects with 'unknown-experiment', 'unknown-trial', 'unknown-architecture', 'bad-architecture', 'bad-input', 'no-retrain-form'. */
  architecture(ref: ArchitectureRef, options?: NetworkOptions): Promise<ArchitectureView>;
  /** The whole network: nodes with their inputs, and weights. */
  networkGraph(ref: ArchitectureRef, options?: NetworkOptions): Promise<ModelGraph>;
  /** Both for the same input: that of `a` unless `input` says otherwise. */
  diffArchitectures(a: ArchitectureRef, b: ArchitectureRef, options?: Pick<NetworkOptions, 'input'>): Promise<ArchitectureDiff>;
  /** From where a trial's architecture comes, back to its first ancestor. */
  lineage(id: string, trial: number): Promise<Lineage>;
  /** In how many networks of the experiment's front the blocks of this trial stand as they are. */
  sharedBlocks(id: string, trial: number): Promise<SharedBlocks>;
  /** Writes a drawing, the graph with nodes and edges, or the architecture. Without `target`: into the home's folder of exports. An existing file is replaced. */
  exportGraph(
    ref: ArchitectureRef,
    options: GraphExportOptions,
  ): Promise<{ readonly file: string; readonly name: string; readonly bytes: number }>;
  publishedNetworks(): Promise<readonly PublishedNetwork[]>;
}

export interface ArchitectureView {
  readonly ref: ArchitectureRef;
  /** 't12', 'hr-nas:cs2', 'supernet'. */
  readonly name: string;
  readonly space: { readonly id: string; readonly title: string };
  readonly arch: Architecture;
  readonly hash: string;
  readonly form: 'search' | 'retrain';
  readonly forms: readonly ('search' | 'retrain')[];
  /** [height, width, channels]. */
  readonly input: readonly number[];
  readonly totals: NetworkTotals;
  /** Of a trial. */
  readonly trial?: TrialFacts;
  /** Names the experiment of a trial or a supernet. */
  readonly experiment?: { readonly id: string; readonly name: string };
  /** Of a published network: where it was published. */
  readonly source?: string;
  readonly elements: readonly ArchitectureElement[];
  readonly edges: readonly OutlineEdge[];
  /** Absent while nothing was measured on a device. */
  readonly measured?: { readonly latencyMs: number; readonly device: string };
}

export interface NetworkTotals extends PartCost {
  readonly scope: 'full' | 'backbone' | 'head';
  /** Learned elements that the official network owns and never runs: part of `params`, of no layer. */
  readonly idleParams: number;
  /** What the official code counts in place of MACs, where that differs. */
  readonly officialCount?: number;
}

export interface TrialFacts {
  readonly number: number;
  readonly state: string;
  readonly metrics: readonly Metric[];
  readonly series?: string;
  readonly role?: string;
  readonly operator?: string;
  readonly steps?: number;
}

export interface ArchitectureElement extends OutlineElement {
  /** MACs as a share of the whole network's. */
  readonly share: number;
  /** Each layer measured alone on a device; of a group the sum over its nodes, which is not the time of all of them together. */
  readonly measuredMs?: number;
}

export interface DiffSide extends PartCost {
  readonly ref: ArchitectureRef;
  readonly name: string;
  readonly experiment?: string;
  readonly space: string;
  readonly hash: string;
}

export interface ArchitectureDiff {
  readonly a: DiffSide;
  readonly b: DiffSide;
  readonly input: readonly number[];
  /** Blocks by status. */
  readonly counts: Readonly<Record<'added' | 'removed' | 'changed' | 'equal', number>>;
  /** Both networks laid over each other; blocks (`isBlock`) carry what changed in them. */
  readonly elements: readonly DiffElement[];
  readonly edges: readonly DiffEdge[];
  /** Settings and choices that differ; choices only within one space. */
  readonly settings: readonly AttributeChange[];
  readonly choices: readonly AttributeChange[];
}

export interface LineageEntry {
  readonly trial: number;
  /** Earlier trials that it was made of. */
  readonly parents: readonly number[];
  /** Steps back to the first ancestor: 0 for a trial without parents. */
  readonly generation: number;
  readonly operator?: string;
  readonly series?: string;
  readonly macs?: number;
  readonly metric?: Metric;
  /** Choices that differ from the first parent; absent without one. */
  readonly changes?: readonly AttributeChange[];
}

export interface Lineage {
  readonly experiment: string;
  readonly trial: number;
  /** 'parents': as the strategy told. 'series': what the same run had before. 'none': the trial stands alone, `reason` says why. */
  readonly kind: 'parents' | 'series' | 'none';
  readonly reason?: string;
  /** Oldest first, the trial itself last. */
  readonly entries: readonly LineageEntry[];
  /** More ancestors than are listed. */
  readonly isCut: boolean;
}

export interface SharedBlocks {
  /** Networks of the front that were looked at, this one left out. */
  readonly of: number;
  /** All of them: a long front is sampled evenly. */
  readonly frontSize: number;
  /** By key of the block: in how many of them it stands with the same layers. */
  readonly same: Readonly<Record<string, number>>;
}

export interface GraphExportOptions extends NetworkOptions {
  /** 'json' holds nodes and edges, 'nasarch' the architecture alone. */
  readonly format: 'svg' | 'json' | 'nasarch';
  /** Drawings: how far scopes are opened; default 'stages'. */
  readonly detail?: 'stages' | 'blocks' | 'nodes';
  /** Drawings: what colours the parts. */
  readonly colour?: 'macs' | 'params' | 'activationBytes';
  readonly target?: string;
}

export interface PublishedNetwork {
  readonly name: string;
  readonly space: string;
  readonly source: string;
}
