import type { ArchitectureRef } from './architecture.ts';
import type { ExperimentView } from './contract.ts';

/** How searches went about it. Everything comes from what is stored, so that it is the same while a search runs and long after. */
export interface DynamicsApi {
  /** Rejects with 'unknown-experiment'. */
  dynamics(id: string): Promise<DynamicsReport>;
  /** How well cheap scores predict those of the final recipe, over one or several experiments. */
  rankAgreement(ids: readonly string[]): Promise<RankAgreementReport>;
}

export interface DynamicsReport {
  readonly experiment: Pick<ExperimentView, 'id' | 'name' | 'system' | 'state'>;
  readonly family: FamilyDynamics;
  readonly trials: TrialsOverTime;
  readonly agreement: RankAgreementReport;
}

/**
 * What the view of a family of strategies draws, by kind. A further system adds its line here, a builder to electron/lab/dynamics/registry.ts
 * and a component to renderer/views/dynamics/registry.ts.
 */
export interface FamilyPayloads {
  readonly shrink: ShrinkDynamics;
  readonly cells: CellDynamics;
  readonly choices: ChoiceDynamics;
}

export type FamilyKind = keyof FamilyPayloads;

export type FamilyDynamics =
  { readonly [K in FamilyKind]: { readonly kind: K; readonly title: string; readonly data: FamilyPayloads[K] } }[FamilyKind] | NoDynamics;

/** The strategy has no view of its own. */
export interface NoDynamics {
  readonly kind: 'none';
  readonly title: string;
  readonly reason: string;
  /** What there is to see instead. */
  readonly graph?: ArchitectureRef;
}

/** A network that is shrunk while it trains (HR-NAS): what is alive, point by point, for each penalty. */
export interface ShrinkDynamics {
  /** A factor at most this large is dead. */
  readonly threshold: number;
  /** Rows of the heat map: one for each kernel and for the tokens of each block, in the order of the network. */
  readonly rows: readonly ShrinkRow[];
  readonly supernet: { readonly macs: number; readonly atoms: number; readonly tokens: number };
  readonly series: readonly ShrinkSeries[];
}

export interface ShrinkRow {
  /** Scope of the block in the graph: 'fuse2.0.1'. */
  readonly block: string;
  /** 'k3', 'tokens'. */
  readonly part: string;
  /** In the supernet. */
  readonly most: number;
}

export interface ShrinkSeries {
  /** 'rho=0.001'. */
  readonly name: string;
  readonly penalty: number;
  readonly isReference: boolean;
  /** The supernet where this run begins, then its trials in order. */
  readonly points: readonly ShrinkPoint[];
  /** alive[row][point]. */
  readonly alive: readonly (readonly number[])[];
  /** Weight of the penalty over the steps, as it was stored while training; thinned out. */
  readonly lambda: { readonly step: readonly number[]; readonly value: readonly number[] };
}

export interface ShrinkPoint {
  /** Training steps that the weights have seen, warm-up included. */
  readonly step: number;
  /** Absent at the beginning. */
  readonly trial?: number;
  /** The network's, for a whole image; of what is alive at this point. */
  readonly macs: number;
  readonly value?: number;
  /** Dead by the rule at this point, and cut out then. */
  readonly deadAtoms?: number;
  readonly removedAtoms?: number;
  /** Importance factors before the cut, in bins of a logarithmic scale; absent in experiments of versions that did not keep them. */
  readonly factors?: FactorBins;
}

export interface FactorBins {
  readonly from: number;
  readonly perDecade: number;
  readonly atoms: readonly number[];
  readonly tokens: readonly number[];
  readonly below: { readonly atoms: number; readonly tokens: number };
}

/** The best of all finished trials, references and retraining left out: the top twentieth by score, but at least a few. */
export interface BestTrials {
  readonly best: number;
  readonly all: number;
}

/** How often something is among the best and among all, each as a share 0..1 of what is counted. */
export interface ShareRow {
  readonly label: string;
  readonly best: number;
  readonly all: number;
  /** Published networks that have it. */
  readonly published?: readonly string[];
}

/** What the best cells of a search are made of (DPC). */
export interface CellDynamics extends BestTrials {
  /** Best first. */
  readonly cells: readonly CellTrial[];
  /** Rates of the space, for height and for width. */
  readonly rates: readonly number[];
  /** Atrous branches by [rate of the height][rate of the width], of the best cells and of all. */
  readonly bestRates: readonly (readonly number[])[];
  readonly allRates: readonly (readonly number[])[];
  /** Of branches: kind of operation; what they read. */
  readonly operations: readonly ShareRow[];
  readonly inputs: readonly ShareRow[];
}

export interface CellTrial {
  readonly trial: number;
  readonly value: number;
  readonly macs: number;
  /** In the order of building; `input` is -1 for the features, else the number of an earlier branch. */
  readonly branches: readonly { readonly label: string; readonly input: number }[];
}

/** What the best networks of a family have chosen (Lite-HRNet). */
export interface ChoiceDynamics extends BestTrials {
  readonly choices: readonly { readonly name: string; readonly description?: string; readonly rows: readonly ShareRow[] }[];
  /** Of regularised evolution, after each trial; empty for other strategies. */
  readonly population: readonly PopulationPoint[];
  readonly size?: number;
}

export interface PopulationPoint {
  readonly trial: number;
  /** Scores of the networks alive. */
  readonly best: number;
  readonly median: number;
  readonly worst: number;
  /** Different networks among the parents of those alive. */
  readonly parents: number;
}

/** Finished trials of any strategy as columns, by number; `null` where one has no score. */
export interface TrialsOverTime {
  /** Absent while nothing has finished. */
  readonly metric?: { readonly name: string; readonly split: string; readonly kind: string };
  readonly number: readonly number[];
  readonly value: readonly (number | null)[];
  readonly macs: readonly (number | null)[];
  /** The best score so far, references left out; `null` before the first. */
  readonly best: readonly (number | null)[];
  readonly operator: readonly string[];
  readonly role: readonly string[];
  readonly series: readonly (string | null)[];
  readonly failed: readonly number[];
  /** Different architectures among them. */
  readonly distinct: number;
}

export interface RankAgreementReport {
  readonly metric?: string;
  readonly pairs: readonly RankPair[];
  readonly n: number;
  /** Kendall's tau-b and Spearman's rho; absent where they are not defined. */
  readonly tau?: number;
  readonly rho?: number;
  /** Fewer than `fewest` pairs: the figures say nothing. */
  readonly isTooFew: boolean;
  readonly fewest: number;
  /** Trials that were left out by hand. */
  readonly excluded: number;
}

export interface RankPair {
  readonly experiment: string;
  readonly trial: number;
  readonly proxy: number;
  /** Mean over the seeds. */
  readonly retrained: number;
  readonly sd?: number;
  readonly seeds: number;
}
