import type { LatencyPredictor, LayerLatency } from '../../engine/cost/latency-table.ts';
import type { ArchitectureRef } from './architecture.ts';

/** Latency by the clock on this device, and from tables of layers that were measured here. */
export interface LatencyApi {
  /**
   * A job: 10 runs to warm up, 50 timed ones with a read-back. Of a trial the result is kept beside it (`latencyP50Ms`, `latencyP95Ms`, kind
   * 'measured', with its device). Rejects as `architecture` does, and with 'backend-not-available'.
   */
  measureLatency(ref: ArchitectureRef, options?: LatencyOptions): Promise<LatencyReport>;
  /**
   * A job of minutes: measures random networks of a space (`networks` of them, that together have many kinds of layers) and each kind alone. The profile stays in the
   * home; one of the same device, backend and threads is extended.
   */
  profileDevice(request: ProfileRequest): Promise<DeviceProfile>;
  /** Newest first. */
  deviceProfiles(): Promise<readonly DeviceProfile[]>;
  /** From the profile's table; null where layers are missing in it. Rejects with 'unknown-profile'. */
  predictLatency(profile: string, refs: readonly ArchitectureRef[]): Promise<readonly LatencyPrediction[]>;
  /** The table of layers as JSON with count, mean and variance. Without `target`: into the folder of exports. */
  exportDeviceProfile(profile: string, target?: string): Promise<{ readonly file: string; readonly name: string; readonly bytes: number }>;
}

export interface LatencyOptions {
  /** [height, width]. */
  readonly input?: readonly [number, number];
  /** Default 1. */
  readonly batch?: number;
  readonly backend?: string;
  readonly threads?: number;
  /** Each layer alone, too. */
  readonly layers?: boolean;
}

/** What a latency belongs to. */
export interface LatencyDevice {
  /** 'AMD EPYC 9R14 (linux-x64)'. */
  readonly device: string;
  readonly backend: string;
  readonly threads: number;
  readonly mode: 'compiled' | 'eager';
  readonly batch: number;
  readonly warmUps: number;
  readonly runs: number;
  readonly appVersion: string;
  readonly measuredAt: string;
}

export interface LatencyReport extends LatencyDevice {
  readonly name: string;
  readonly input: readonly number[];
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly meanMs: number;
  /** By node id: layers measured alone; their sum is not the whole's time. */
  readonly nodesMs?: Readonly<Record<string, number>>;
}

export interface ProfileRequest {
  /** Id of a search space; its settings are those of `experiment` where one is given. */
  readonly space?: string;
  readonly experiment?: string;
  /** Name of one: its space, settings and size at which trials are ranked, for a search that is to be limited by latency. */
  readonly preset?: string;
  readonly input?: readonly [number, number];
  /** Default 8. */
  readonly networks?: number;
  readonly backend?: string;
  readonly threads?: number;
}

export interface DeviceProfile extends Omit<LatencyDevice, 'measuredAt' | 'runs' | 'warmUps'> {
  readonly id: string;
  readonly updatedAt: string;
  /** Made by another version of the app: its times may be others now. */
  readonly isStale: boolean;
  /** Kinds of layers in the table. */
  readonly layers: number;
  readonly networks: readonly ProfiledNetwork[];
  /** Absent under four networks. */
  readonly predictor?: LatencyPredictor;
}

export interface ProfiledNetwork {
  readonly name: string;
  readonly input: readonly number[];
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Sum over its layers. */
  readonly sumMs: number;
}

export interface LatencyPrediction {
  readonly name: string;
  /** Null when `missing` is above 0 or there is no predictor. */
  readonly ms: number | null;
  readonly errorMs: number | null;
  readonly missing: number;
}

export interface DeviceProfileFile {
  readonly version: 1;
  readonly profile: Omit<DeviceProfile, 'isStale' | 'layers' | 'predictor'>;
  readonly table: readonly LayerLatency[];
}
