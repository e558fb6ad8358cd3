/** Dawn, the WebGPU of Node (npm `webgpu`): what is used of it. */
import { createRequire } from 'node:module';
import { EngineError } from '../../error.ts';

export interface GpuAdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter: boolean;
}

export type GpuLimits = Readonly<Record<GpuLimit, number>>;

/** The limits that a device is asked to raise to what its adapter has. */
export const raisedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

export type GpuLimit = (typeof raisedLimits)[number];

export interface GpuAdapter {
  readonly info: GpuAdapterInfo;
  readonly limits: GpuLimits;
  requestDevice(descriptor?: { readonly requiredLimits: Partial<GpuLimits> }): Promise<GpuDevice>;
}

export interface GpuDevice {
  readonly limits: GpuLimits;
  /** Resolves when the device is gone; 'destroyed' when we did it. */
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: GpuErrorEvent) => void): void;
  destroy(): void;
}

export interface GpuErrorEvent {
  readonly error: GpuError;
  /** Otherwise Dawn prints the error. */
  preventDefault(): void;
}

/** Its class says what happened: GPUValidationError, GPUOutOfMemoryError or GPUInternalError. */
export interface GpuError {
  readonly message: string;
}

export interface GpuBuffer {
  readonly size: number;
  destroy(): void;
}

export interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

interface Dawn {
  /** Options such as `adapter=NAME` and `backend=vulkan`; wrong ones throw or reject, and the message lists what there is. */
  create(options: readonly string[]): Gpu;
  readonly globals: object;
}

/** Loads Dawn's addon. Throws EngineError 'webgpu-missing'. */
export function loadDawn(): Dawn {
  try {
    return createRequire(import.meta.url)('webgpu') as Dawn;
  } catch (cause) {
    throw new EngineError('webgpu-missing', `Backend 'webgpu': Dawn (the package webgpu) does not load: ${firstLine(cause)}.`, {
      tip: 'Install the packages again; Dawn is published for Linux, macOS and Windows on x64 and arm64.',
      cause,
    });
  }
}

/** Of an error's message, without the full stop. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').replace(/\.$/, '');
}

/** The adapter with the given name on the given API, such as 'vulkan'; undefined when it is not to be had. */
export async function requestAdapter(
  { create }: Pick<Dawn, 'create'>,
  { name, api }: { readonly name: string; readonly api: string },
): Promise<{ readonly gpu: Gpu; readonly adapter: GpuAdapter } | undefined> {
  const gpu = create([`backend=${api}`, `adapter=${name}`]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  return adapter ? { gpu, adapter } : undefined;
}

/** Asks for a device with everything that its adapter has. */
export function requestDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const requiredLimits = Object.fromEntries(raisedLimits.map((name) => [name, adapter.limits[name]]));
  return adapter.requestDevice({ requiredLimits });
}
