import type { WrittenFile } from '../../db/checkpoints/checkpoint-files.ts';
import type { Failure, Json } from '../../db/store.ts';
import type { LatencyModel } from '../../engine/cost/latency-model.ts';
import type { SearchEvent } from '../../engine/search/events.ts';
import type { SearchProgress } from '../../engine/search/parts.ts';

/** Everything that a compute process is told; it knows no store. */
export interface ComputeJob {
  readonly config: Json;
  /** Absolute path of the experiment's folder, where weight files go. */
  readonly folder: string;
  /** Absolute path of the features of frozen backbones, which the searches of a home share. */
  readonly features: string;
  readonly dataset: { readonly kind: string; readonly root: string; readonly fingerprint: string };
  /** Undefined: measure and choose, then say so with an 'environment' message. */
  readonly backend?: string;
  readonly threads?: number;
  /** Whether what is measured and chosen once (backend, `compileFrom`) is still to be chosen. */
  readonly isFirstRun: boolean;
  /** As of the first run; see SearchParts. */
  readonly compileFrom?: number;
  /** Fingerprint of the arithmetic that the search must go on with (engine/backend/fingerprint.ts). */
  readonly numerics?: string;
  /** Predicts latencies, as it was when the experiment began. */
  readonly latency?: LatencyModel;
  readonly progress: SearchProgress;
  /** Length and hash of the files that `progress` names. */
  readonly files: readonly WrittenFile[];
}

export type ToCompute =
  | { readonly type: 'start'; readonly job: ComputeJob }
  /** The event of that sequence number is durable. */
  | { readonly type: 'ack'; readonly sequence: number }
  /** Finish the running step, write a state and end. */
  | { readonly type: 'stop' };

/** What computes; `numerics` is the fingerprint of its arithmetic, `details` say why it was chosen. */
export interface ComputeEnvironment {
  readonly type: 'environment';
  readonly backend: string;
  readonly threads: number;
  /** Of products of matrices and convolutions. */
  readonly precision?: string;
  readonly numerics?: string;
  readonly compileFrom?: number;
  readonly details: Json;
}

export type FromCompute =
  | ComputeEnvironment
  /** Without a sequence number nobody waits for it. */
  | { readonly type: 'event'; readonly sequence?: number; readonly event: SearchEvent }
  /** Every few seconds while steps are done. */
  | ComputeUsage
  | { readonly type: 'failed'; readonly failure: Failure; readonly origin: FailureOrigin };

/** What the process takes of the machine. */
export interface ComputeUsage {
  readonly type: 'usage';
  /** Resident memory. */
  readonly memoryBytes: number;
  /** Cores that were busy since the last report, on average. */
  readonly cores: number;
}

/** Troubles with data and disk can be mended and the search goes on; one of the engine would come again. */
export type FailureOrigin = 'engine' | 'data' | 'store' | 'unexpected';

/** The other side of a compute process, or of its parent. */
export interface Port<Out, In> {
  /** Resolves when the message has left this process. */
  send(message: Out): Promise<void>;
  onMessage(listener: (message: In) => void): void;
  /** The other side is gone. */
  onClose(listener: () => void): void;
}

export type ComputePort = Port<FromCompute, ToCompute>;
