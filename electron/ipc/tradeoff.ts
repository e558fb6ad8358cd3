import type { TrialAnnotation, TrialAnnotationChange } from '../../db/store.ts';
import type { ComparabilityFinding } from '../../engine/metrics/comparability.ts';

/** Fronts, tables and annotations of trials. Everything is computed by the lab; a chart only draws and filters what it is given. */
export interface TradeoffApi {
  /** Points, fronts, knees and hypervolumes of one or several experiments, as columns. */
  frontView(request: FrontRequest): Promise<FrontView>;
  /** A window of the table of trials, sorted and filtered. */
  trialRows(request: TrialRowsRequest): Promise<TrialRows>;
  /** Choices of the architectures as columns beside the points of `frontView`, the most important ones first. */
  choiceColumns(request: ChoiceColumnsRequest): Promise<ChoiceColumns>;
  /** The most accurate trial within the limits. Resolves without a trial, and says why, when none fits. */
  bestUnder(request: TrialSelection): Promise<BestUnder>;
  trialAnnotations(experiment: string): Promise<readonly TrialAnnotation[]>;
  /** Of several trials at once. The result says what it was before, for taking it back. Rejects with 'unknown-trial'. */
  annotateTrials(experiment: string, numbers: readonly number[], change: TrialAnnotationChange): Promise<AnnotatedTrials>;
  /** Sets another reference point for the hypervolume, with the reason; the one that was frozen at the start is kept. */
  editReference(experiment: string, reference: ReferencePoint, note: string): Promise<ReferenceView>;
  /** Writes what `frontView` shows as a file. Without `target`: into the home's folder of exports. */
  exportFront(request: FrontExportRequest): Promise<FrontExport>;
}

export type CostAxis = 'macs' | 'params' | 'activationBytes' | 'latency';

export interface TrialLimits {
  readonly maxMacs?: number;
  readonly maxParams?: number;
  readonly maxActivationBytes?: number;
  /** Trials that were not measured do not meet it. */
  readonly maxLatencyMs?: number;
}

export interface ReferencePoint {
  readonly macs: number;
  /** As a fraction. */
  readonly metric: number;
}

/** Which trials and which of their numbers. */
export interface TrialSelection {
  /** Experiments; ids may be shortened. */
  readonly ids: readonly string[];
  readonly x?: CostAxis;
  /** The metric of the first trial when left out; the same for split and kind. */
  readonly metric?: string;
  readonly split?: string;
  readonly kind?: 'proxy' | 'retrained';
  /** Of several values of one trial (seeds): the best when left out. */
  readonly aggregate?: Aggregate;
  readonly limits?: TrialLimits;
}

export type Aggregate = 'best' | 'last' | 'mean';

export interface FrontRequest extends TrialSelection {
  /** The knee is searched on a logarithmic cost axis. */
  readonly logX?: boolean;
  /** Published networks of the experiments' systems come along. */
  readonly published?: boolean;
}

/** Bits of `FrontPoints.flags`. */
export const pointFlags = { competes: 1, infeasible: 2, excluded: 4, starred: 8, shortlisted: 16 } as const;

/** Entry i of every column is one trial with a cost and a score. By experiment, then by number. */
export interface FrontPoints {
  /** Index into `FrontView.experiments`. */
  readonly experiment: readonly number[];
  readonly number: readonly number[];
  readonly x: readonly number[];
  /** As a fraction. */
  readonly y: readonly number[];
  readonly macs: readonly number[];
  readonly params: readonly number[];
  /** Measured p50; null where it was not measured. Absent when no trial was. */
  readonly latencyMs?: readonly (number | null)[];
  /** Index into `FrontView.series`, -1 for none. */
  readonly series: readonly number[];
  /** 0 front, 1 trajectory, 2 reference. */
  readonly role: readonly number[];
  readonly flags: readonly number[];
  /** At which trial number it came onto the front of its own experiment, -1 never. */
  readonly entered: readonly number[];
  /** At which it was dominated, -1 not yet. On the front at n: entered >= 0 and entered <= n and (left < 0 or n < left). */
  readonly left: readonly number[];
  /** The same of the front over all experiments; absent with one. */
  readonly jointEntered?: readonly number[];
  readonly jointLeft?: readonly number[];
  /** Spread over several seeds of the same architecture, by point. */
  readonly spread: readonly { readonly point: number; readonly mean: number; readonly sd: number; readonly seeds: number }[];
}

export interface FrontSummary {
  /** Points of the front by rising cost. */
  readonly points: readonly number[];
  /** Trials at exactly each of them. */
  readonly counts: readonly number[];
  readonly knee?: KneeView;
  /** Scaled to the box between the reference point and the ideal one; absent with `hypervolumeRefused`. */
  readonly hypervolume?: number;
  readonly reference?: ReferencePoint;
  /** Why there is none. */
  readonly hypervolumeRefused?: string;
  /** How the front grew; one entry for every trial number at which it changed. */
  readonly history: { readonly at: readonly number[]; readonly size: readonly number[]; readonly hypervolume?: readonly number[] };
}

export interface KneeView {
  readonly point: number;
  /** Gain of the metric (a fraction) for one `gainUnit` from the left neighbour, and to the right one; absent at an end. */
  readonly gainLeft?: number;
  readonly gainRight?: number;
  /** 'G MACs', 'M params', 'ms'. */
  readonly gainUnit: string;
  /** How much of x one `gainUnit` is. */
  readonly gainStep: number;
}

export interface FrontExperiment {
  readonly id: string;
  readonly name: string;
  readonly system: string;
  readonly state: string;
  /** Name and beginning of the fingerprint: 'city (7c1e04ab)'. */
  readonly data: string;
  readonly reference?: ReferenceView;
  readonly front: FrontSummary;
  readonly finished: number;
}

export interface ReferenceView extends ReferencePoint {
  /** Why it is not the one that was frozen at the start. */
  readonly note?: string;
}

export interface MetricChoice {
  readonly name: string;
  readonly split: string;
  readonly kind: 'proxy' | 'retrained';
  /** Trials that have it. */
  readonly trials: number;
}

export interface PublishedPoint {
  /** 'lite-hrnet:18'. */
  readonly name: string;
  /** Counted by us on the network's graph; null for a latency, which nobody published. */
  readonly x: number | null;
  readonly macs: number;
  readonly params: number;
  /** Null where no checked figure exists: then only its cost is known. */
  readonly y: number | null;
  /** 'COCO val2017', and under which protocol. */
  readonly on?: string;
  readonly input: string;
  readonly source: string;
}

export interface FrontView {
  readonly axis: CostAxis;
  readonly metric: { readonly name: string; readonly split: string; readonly kind: string };
  /** What else can be on the y axis. */
  readonly metrics: readonly MetricChoice[];
  readonly hasLatency: boolean;
  readonly experiments: readonly FrontExperiment[];
  readonly series: readonly string[];
  readonly points: FrontPoints;
  /** Over all experiments together; the experiment's own when there is one. */
  readonly joint: FrontSummary;
  readonly best: BestUnder;
  readonly published: readonly PublishedPoint[];
  /** Trials that are no points, and points that do not compete, by reason. */
  readonly counts: FrontCounts;
  /** In what the numbers differ; empty when they can be compared. */
  readonly findings: readonly ComparabilityFinding[];
  /** One line when they can: 'city (7c1e04ab), search-val'. */
  readonly basis: string;
  readonly lastNumber: number;
}

export interface FrontCounts {
  readonly trials: number;
  readonly failed: number;
  /** Complete, but the metric is missing or not a number. */
  readonly withoutScore: number;
  /** Without a value on the x axis: not measured. */
  readonly withoutCost: number;
  readonly excluded: number;
  readonly infeasible: number;
}

export interface BestUnder {
  readonly experiment?: string;
  readonly number?: number;
  /** Index into the points of `frontView` of the same selection. */
  readonly point?: number;
  /** One sentence when there is none. */
  readonly reason?: string;
}

export type TrialColumn =
  'number' | 'macs' | 'params' | 'activationBytes' | 'latencyMs' | 'metric' | 'steps' | 'seed' | 'series' | 'operator' | 'state';

export interface TrialRowsRequest extends TrialSelection {
  readonly sort?: { readonly by: TrialColumn; readonly descending?: boolean };
  readonly show?: 'all' | 'front' | 'starred' | 'shortlisted' | 'excluded' | 'failed';
  /** Part of number, series, operator, tag, note or architecture hash. */
  readonly text?: string;
  /** Ranges, inclusive; a trial without a value lies outside. */
  readonly ranges?: readonly { readonly column: TrialColumn; readonly from: number; readonly to: number }[];
  /** Only these: [experiment id, number]. */
  readonly only?: readonly (readonly [string, number])[];
  readonly logX?: boolean;
  readonly offset: number;
  readonly limit: number;
}

export interface TrialRows {
  /** Rows of all windows. */
  readonly total: number;
  readonly rows: readonly TrialRow[];
}

/** A number that is missing is null. */
export interface TrialRow {
  readonly experiment: string;
  readonly number: number;
  readonly state: 'complete' | 'failed';
  readonly hash: string;
  readonly role: string | null;
  readonly series: string | null;
  readonly operator: string | null;
  readonly macs: number | null;
  readonly params: number | null;
  readonly activationBytes: number | null;
  readonly latencyMs: number | null;
  readonly latencyDevice?: string;
  readonly metric: number | null;
  readonly kind: string | null;
  readonly spread?: { readonly mean: number; readonly sd: number; readonly seeds: number };
  readonly steps: number | null;
  readonly seed: number | null;
  readonly isOnFront: boolean;
  readonly isKnee: boolean;
  readonly isFeasible: boolean;
  readonly annotation?: TrialAnnotation;
}

export interface ChoiceColumnsRequest extends TrialSelection {
  /** So many choices come as columns; 8 when left out. */
  readonly top?: number;
  /** These choices come, whatever their importance. */
  readonly choices?: readonly string[];
  /** At most so many trials; 4,000 when left out. The front and then an even sample. */
  readonly limit?: number;
}

export interface ChoiceColumns {
  /** How importance is measured, in one sentence with its numbers. */
  readonly measure: string;
  /** All choices, the most important ones first; undefined where it cannot be told. */
  readonly choices: readonly { readonly name: string; readonly importance?: number; readonly values: number }[];
  readonly columns: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** Points of `frontView` of the same selection that the values belong to. */
  readonly points: readonly number[];
  /** Why there are none. */
  readonly reason?: string;
}

export interface AnnotatedTrials {
  /** For each trial, what takes the change back. */
  readonly before: readonly TrialAnnotationChange[];
  readonly annotations: readonly TrialAnnotation[];
}

export type FrontFormat = 'csv' | 'svg' | 'latex' | 'json';

export interface FrontExportRequest extends FrontRequest {
  readonly format: FrontFormat;
  readonly title?: string;
  /** Absolute path. */
  readonly target?: string;
  /** Experiments whose own staircase is drawn; all when left out. */
  readonly staircases?: readonly string[];
}

export interface FrontExport {
  /** Absolute path. */
  readonly file: string;
  /** Its last part. */
  readonly name: string;
  readonly bytes: number;
  /** Rows of the table. */
  readonly trials: number;
}
