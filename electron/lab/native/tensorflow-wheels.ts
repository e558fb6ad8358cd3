/** Which wheels native TensorFlow is made of, a platform. */
import { EngineError } from '../../../engine/error.ts';
import type { TensorflowVariant } from '../../../engine/backend/tensorflow/installed.ts';
import type { Requirement } from './wheel-name.ts';

export const tensorflowVersion = '2.21.0';

/** What one installation takes. */
export interface WheelPlan {
  readonly version: string;
  readonly variant: TensorflowVariant;
  readonly requirements: readonly Requirement[];
  /** Whether a wheel of this platform tag runs here. */
  runsHere(platformTag: string): boolean;
  /** Platform tags as pip's `--platform` wants them. */
  readonly pipPlatforms: readonly string[];
}

/** The wheels carry the same library for every Python; this one is asked of pip, whatever Python runs it. */
export const pipPython = '311';

const platforms: Readonly<
  Record<string, { readonly cpu: string; readonly hasCuda: boolean; readonly tag: RegExp; readonly pip: readonly string[] }>
> = {
  'linux-x64': {
    cpu: 'tensorflow-cpu',
    hasCuda: true,
    tag: /^(many)?linux\w*_x86_64$/,
    pip: ['manylinux_2_27_x86_64', 'manylinux_2_25_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'],
  },
  'linux-arm64': { cpu: 'tensorflow', hasCuda: false, tag: /^(many)?linux\w*_aarch64$/, pip: ['manylinux_2_27_aarch64'] },
  'darwin-arm64': { cpu: 'tensorflow', hasCuda: false, tag: /^macosx_\d+_\d+_arm64$/, pip: ['macosx_12_0_arm64'] },
};

/**
 * `tensorflow[and-cuda]` of the METADATA in the wheel of 2.21.0; of what fits its ranges the newest in November 2026, whose checksums are known.
 * CUDA itself comes with these packages; of the system only NVIDIA's driver is needed.
 */
const cudaRequirements: readonly Requirement[] = [
  { name: 'nvidia-cublas-cu12', version: '12.9.3.13' },
  { name: 'nvidia-cuda-cupti-cu12', version: '12.9.79' },
  { name: 'nvidia-cuda-nvcc-cu12', version: '12.9.86' },
  { name: 'nvidia-cuda-nvrtc-cu12', version: '12.9.86' },
  { name: 'nvidia-cuda-runtime-cu12', version: '12.9.79' },
  { name: 'nvidia-cudnn-cu12', version: '9.28.0.42' },
  { name: 'nvidia-cufft-cu12', version: '11.4.1.4' },
  { name: 'nvidia-curand-cu12', version: '10.3.10.19' },
  { name: 'nvidia-cusolver-cu12', version: '11.7.5.82' },
  { name: 'nvidia-cusparse-cu12', version: '12.5.10.65' },
  { name: 'nvidia-nccl-cu12', version: '2.32.3' },
  { name: 'nvidia-nvjitlink-cu12', version: '12.9.86' },
];

/** Throws EngineError 'no-wheel' where TensorFlow publishes no library that fits. */
export function planWheels(
  variant: TensorflowVariant,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): WheelPlan {
  const here = platforms[`${platform}-${arch}`];
  if (here === undefined || (variant === 'cuda' && !here.hasCuda)) throw noWheel(variant, platform, arch);
  const main = { name: variant === 'cuda' ? 'tensorflow' : here.cpu, version: tensorflowVersion };
  return {
    version: tensorflowVersion,
    variant,
    requirements: variant === 'cuda' ? [main, ...cudaRequirements] : [main],
    runsHere: (tag) => here.tag.test(tag),
    pipPlatforms: here.pip,
  };
}

/** Whether there is anything to install on this platform. */
export function hasWheels(platform: NodeJS.Platform = process.platform, arch: string = process.arch): boolean {
  return platforms[`${platform}-${arch}`] !== undefined;
}

function noWheel(variant: TensorflowVariant, platform: NodeJS.Platform, arch: string): EngineError {
  const known = Object.entries(platforms).filter(([, { hasCuda }]) => variant === 'cpu' || hasCuda);
  const kind = variant === 'cuda' ? ' with CUDA' : '';
  const names = known.map(([name]) => name).join(', ');
  return new EngineError(
    'no-wheel',
    `Installing native TensorFlow ${tensorflowVersion}${kind}: TensorFlow publishes its library for ${names}; this machine is ${platform}-${arch}.`,
    {
      tip:
        variant === 'cuda' && platforms[`${platform}-${arch}`] !== undefined
          ? 'Leave --cuda out for the processor; "lab backend ls" tells whether WebGPU can use the GPU.'
          : 'The embedded backend wasm computes everything here too; "lab backend ls" tells whether WebGPU can use a GPU.',
    },
  );
}
