/** The GPUs that Dawn shows, and the choice among them. */
import { EngineError } from '../../error.ts';
import type { GpuAdapterInfo } from './dawn.ts';

export interface Adapter extends GpuAdapterInfo {
  /** As the driver calls it; what `$LAB_WEBGPU_ADAPTER` is compared with. */
  readonly name: string;
  /** 'vulkan', 'metal', 'd3d12', ... */
  readonly api: string;
  /** The one that the system prefers for performance. */
  readonly isPreferred: boolean;
  /** Why no device of it can be had; undefined when one can. */
  readonly failure?: string;
}

export interface AdapterChoice {
  /** Part of a name, in any case. */
  readonly adapter?: string;
  /** For tests: adapters that compute on the CPU are refused otherwise. */
  readonly allowSoftware?: boolean;
}

/** `$LAB_WEBGPU_ADAPTER` names an adapter; `$LAB_TEST_WEBGPU_SOFTWARE=1` lets tests use one that computes on the CPU. */
export function choiceFrom(env: Readonly<Record<string, string | undefined>>): AdapterChoice {
  const adapter = env['LAB_WEBGPU_ADAPTER'];
  return { ...(adapter && { adapter }), allowSoftware: env['LAB_TEST_WEBGPU_SOFTWARE'] === '1' };
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b|software/i;

/** Whether an adapter computes on the CPU: it says so, or it is one of those that are known to. */
export function isSoftware(adapter: Adapter): boolean {
  const { isFallbackAdapter, vendor, architecture, device, description, name } = adapter;
  return isFallbackAdapter || softwareNames.test([vendor, architecture, device, description, name].join(' '));
}

/** Such as 'NVIDIA RTX A2000 (nvidia, ampere, vulkan)'. */
export function describeAdapter({ name, vendor, architecture, api }: Adapter): string {
  return `${name} (${[vendor, architecture, api].filter(Boolean).join(', ')})`;
}

/**
 * The adapter to use: hardware only, the named one, else the one that the system prefers, else the first. Throws EngineError 'no-adapter' when
 * there is none, 'software-adapter' when all that remain compute on the CPU, 'adapter-not-found' when no name matches.
 */
export function chooseAdapter(adapters: readonly Adapter[], choice: AdapterChoice = {}): Adapter {
  if (adapters.length === 0) {
    throw new EngineError('no-adapter', "Backend 'webgpu': no GPU was found.", {
      tip: 'On Linux it needs libvulkan.so.1 and the Vulkan driver of the GPU; "vulkaninfo --summary" lists what there is.',
    });
  }
  const named = adapters.filter(({ name }) => name.toLowerCase().includes((choice.adapter ?? '').toLowerCase()));
  if (named.length === 0) {
    throw new EngineError('adapter-not-found', `Backend 'webgpu': no GPU is called '${choice.adapter}'.`, {
      tip: `There are: ${adapters.map(({ name }) => name).join('; ')}.`,
    });
  }
  const allowed = choice.allowSoftware ? named : named.filter((adapter) => !isSoftware(adapter));
  if (allowed.length === 0) {
    throw new EngineError('software-adapter', `Backend 'webgpu': ${named.map(describeAdapter).join(' and ')} computes on the CPU.`, {
      tip: 'Without a GPU use "tensorflow" or "wasm"; with one, install its Vulkan driver.',
    });
  }
  const working = allowed.filter(({ failure }) => failure === undefined);
  if (working.length === 0) {
    const reasons = allowed.map((adapter) => `${describeAdapter(adapter)}: ${adapter.failure}`).join('; ');
    throw new EngineError('backend-failed', `Backend 'webgpu': no GPU starts. ${reasons}.`, { tip: 'Update the driver of the GPU.' });
  }
  return working.find(({ isPreferred }) => isPreferred) ?? working[0]!;
}
