import type { Json } from '../../db/store.ts';
import type { Problem } from '../../engine/spaces/search-space.ts';
import type { StartSearchRequest } from './contract.ts';

/** What there is to search with, and what a search would take. Nothing here starts or stores anything. */
export interface PlanningApi {
  catalog(): Promise<Catalog>;
  /**
   * A configuration from a preset or from a (partial) configuration with changes at dotted paths: complete, with everything that is wrong
   * with it. Rejects only when it is no configuration at all ('invalid-setting', 'invalid-json').
   */
  draftConfig(request: DraftRequest): Promise<DraftConfig>;
  /**
   * The space, 500 random samples of it, one measured training step of its largest network, and what follows for time and memory.
   * A job. Rejects with 'invalid-config', and with what would refuse the start ('backend-not-available', 'not-enough-memory', ...).
   */
  dryRun(request: StartSearchRequest): Promise<DryRunReport>;
}

export interface Catalog {
  readonly presets: readonly PresetView[];
  readonly spaces: readonly SpaceView[];
  readonly datasetKinds: readonly { readonly kind: string; readonly title: string; readonly task: string; readonly signature: string }[];
  /** What each option of a configuration means, by dotted path. */
  readonly optionNotes: Readonly<Record<string, string>>;
  /** JSON schema of a configuration: types, limits and alternatives, for forms. */
  readonly configSchema: Json;
}

export interface PresetView {
  readonly name: string;
  readonly system: string;
  readonly systemTitle: string;
  /** Presets of one method and task stand together: 'HR-NAS, segmentation'. */
  readonly family: string;
  /** 'demo', 'desktop', 'paper': minutes, a desktop, the published figures. */
  readonly budget: string;
  readonly task: string;
  /** What trials are ranked by: 'mIoU'. */
  readonly metric: string;
  /** 'shrink', 'random', 'evolution', ... */
  readonly strategy: string;
  /** Kinds of data sets that it can use. */
  readonly datasetKinds: readonly string[];
  readonly summary: string;
  readonly config: Json;
}

export interface SpaceView {
  readonly id: string;
  readonly title: string;
  readonly choices: number;
  /** Decimal logarithm of the number of networks at the default settings. */
  readonly log10Size: number;
  readonly settings: Json;
  readonly published: readonly string[];
}

export interface DraftRequest {
  readonly preset?: string;
  readonly config?: Json;
  /** [dotted path, value] pairs, as `--set` gives them. */
  readonly set?: readonly (readonly [string, Json])[];
}

export interface DraftConfig {
  /** Complete where that is possible; else as far as it goes. */
  readonly config: Json;
  readonly problems: readonly Problem[];
  /** Absent while there are problems. */
  readonly plan?: {
    readonly phases: readonly { readonly name: string; readonly steps: number }[];
    readonly steps: number;
    readonly trials: number;
  };
}

export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface DryRunReport {
  readonly space: {
    readonly log10Size: number;
    readonly choices: number;
    readonly largestMacs: number;
    /** Share of the samples that meet the strategy's limits. */
    readonly feasible: number;
    readonly samples: number;
    /** MACs of the samples. */
    readonly histogram: readonly HistogramBin[];
    /** Where no sample is feasible: the limit that one would have met. */
    readonly tip?: string;
  };
  readonly plan: {
    readonly phases: readonly { readonly name: string; readonly steps: number }[];
    readonly steps: number;
    readonly trials: number;
  };
  /** Milliseconds of a training step of the largest network. */
  readonly stepMs: number;
  readonly backend: string;
  readonly memoryBytes: number;
  /** At most about. */
  readonly seconds: number;
}
