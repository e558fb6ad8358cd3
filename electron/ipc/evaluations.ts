import type { Metric } from '../../engine/search/events.ts';
import type { Architecture } from '../../engine/spaces/search-space.ts';
import type { Failure } from '../../db/store.ts';
import type { SamplePage } from './dataset-browsing.ts';

/** Networks judged on a split: per class or joint, per picture, and which class was taken for which. */
export interface EvaluationsApi {
  /**
   * A job: the official metric over a whole split, kept unless `keep` is false. Rejects with 'unknown-trial', 'no-weights', 'wrong-task',
   * 'split-empty', 'split-unlabelled', 'split-unknown', 'no-persons' and what reading data and weights rejects with.
   */
  evaluate(request: EvaluateRequest): Promise<EvaluationDetail>;
  /** Newest first. */
  evaluations(filter?: { readonly dataset?: string; readonly experiment?: string }): Promise<readonly EvaluationView[]>;
  /** Rejects with 'unknown-evaluation'. */
  evaluation(id: string): Promise<EvaluationDetail>;
  /** Pictures in which `truth` was taken for `predicted`, most pixels first. Rejects with 'unknown-class', 'wrong-task' and 'evaluation-files-missing'. */
  confusionSamples(request: ConfusionQuery): Promise<SamplePage>;
  /** Keeps one that another process of this home has made; its files are written already. */
  keepEvaluation(record: NewEvaluation): Promise<EvaluationView>;
  removeEvaluation(id: string): Promise<void>;
}

/** Which network. A trial brings its own weights unless others are named. */
export type NetworkSubject =
  | { readonly kind: 'trial'; readonly experiment: string; readonly number: number; readonly weights?: WeightsRef }
  /** 'hr-nas:cs2'. */
  | { readonly kind: 'published'; readonly name: string; readonly weights: WeightsRef }
  | { readonly kind: 'architecture'; readonly label: string; readonly arch: Architecture; readonly weights: WeightsRef };

export type WeightsRef =
  /** A safetensors file with the official names. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'trial'; readonly experiment: string; readonly number: number }
  /** Deterministic values, for trying things out. */
  | { readonly kind: 'fill' };

export interface EvaluateRequest {
  readonly subject: NetworkSubject;
  readonly dataset: string;
  /** By default val. */
  readonly split?: string;
  /**
   * [height, width] that pictures are scaled to fit: by default what a trial was evaluated at, else their own size. Of key points: the size of a
   * person's crop, else as published.
   */
  readonly fit?: readonly [number, number];
  /** Of key points: whose persons are looked at, 'ground-truth' (by default) or a file of detected boxes. */
  readonly boxes?: string;
  readonly backend?: string;
  readonly threads?: number;
  readonly keep?: boolean;
}

/** 'untrained': of weights that were only filled in. */
export type EvaluationMetric = Omit<Metric, 'kind'> & { readonly kind: Metric['kind'] | 'untrained' };

export interface EvaluationView {
  readonly id: string;
  readonly dataset: string;
  readonly split: string;
  /** Of the content that was judged. */
  readonly fingerprint: string;
  readonly subject: NetworkSubject;
  /** 't12 · HR-NAS demo', 'hr-nas:cs2'. */
  readonly label: string;
  readonly arch: Architecture;
  /** Fractions; `kind` is that of the trial's own score. Of key points the ten official figures, AP first. */
  readonly metrics: readonly EvaluationMetric[];
  /** Of key points; what belongs to classes and pixels is empty then. */
  readonly keypoints?: KeypointsFigures;
  /** Fraction of labelled pixels that are right; null when there are none. */
  readonly pixelAccuracy: number | null;
  /** By train id; null where a class occurs neither in labels nor in predictions, and is left out of the mean. */
  readonly classIou: readonly (number | null)[];
  /** Pictures. */
  readonly count: number;
  /** Of the network: [height, width, channels]. */
  readonly input: readonly number[];
  readonly macs: number;
  readonly backend: string;
  readonly seconds: number;
  readonly createdAt: string;
  /** Why it was not kept, when that was wanted. */
  readonly notKept?: Failure;
}

/** By joint; JSON. */
export interface KeypointsFigures {
  /** 'ground-truth', or the file of detected boxes: scores of the two are not comparable. */
  readonly boxes: string;
  /** Persons that the network looked at. */
  readonly persons: number;
  /** In the order of the numbers: 'left_elbow'. */
  readonly names: readonly string[];
  /** Labelled joints that count. */
  readonly labelled: readonly number[];
  /** Mean of exp(-e) over them, the terms of the OKS; 0 for those of persons that were not found, null where there are none. */
  readonly similarity: readonly (number | null)[];
  /** Share of them with exp(-e) of at least a half. */
  readonly found: readonly (number | null)[];
}

export interface EvaluationDetail extends EvaluationView {
  readonly classes: readonly { readonly id: number; readonly name: string; readonly color: readonly number[] }[];
  /** Pixels [classes, classes]: rows are the truth, columns the prediction. */
  readonly confusion: readonly number[];
  /** False when what belongs to single pictures was deleted. */
  readonly hasPictures: boolean;
  /** Of key points: the predicted persons as the official tool and server take them (COCO's result format). */
  readonly resultsFile?: string;
}

export interface ConfusionQuery {
  readonly evaluation: string;
  /** Train ids. */
  readonly truth: number;
  readonly predicted: number;
  readonly offset?: number;
  readonly limit?: number;
}

/** What is stored of an evaluation. */
export interface NewEvaluation {
  readonly id: string;
  readonly dataset: string;
  readonly fingerprint: string;
  readonly split: string;
  readonly subject: NetworkSubject;
  readonly result: EvaluationResult;
}

export type EvaluationResult = Omit<
  EvaluationDetail,
  'id' | 'dataset' | 'fingerprint' | 'split' | 'subject' | 'createdAt' | 'notKept' | 'hasPictures' | 'resultsFile'
>;
