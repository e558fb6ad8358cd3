/** What is compared, at which batch, and how fast it has to be. */
import { smallNames } from './small-networks.ts';
import type { SmallName } from './small-networks.ts';

export interface BenchEntry {
  /** Also the name in pytorch/catalogue.py. */
  readonly name: string;
  readonly batch: number;
  /** [height, width] */
  readonly size: readonly [number, number];
  /** In tests/fixtures/reference; undefined: a small network. */
  readonly golden?: string;
}

export const benchEntries: readonly BenchEntry[] = [
  ...smallNames.map((name): BenchEntry => ({ name, batch: 32, size: [32, 32] })),
  { name: 'hr-nas-supernet', batch: 4, size: [64, 128], golden: 'hr-nas/cityscapes-supernet' },
  { name: 'hr-nas-transformer', batch: 4, size: [64, 128], golden: 'hr-nas/cityscapes-supernet-transformer' },
  { name: 'hr-nas-cs2', batch: 8, size: [64, 128], golden: 'hr-nas/cityscapes-cs2' },
  { name: 'lite-hrnet-18', batch: 8, size: [128, 96], golden: 'lite-hrnet/lite-hrnet-18-coco' },
  { name: 'vit-resnas-tiny', batch: 8, size: [112, 112], golden: 'vit-resnas/tiny-112' },
  { name: 'dpc-mobilenet-v2', batch: 8, size: [65, 129], golden: 'dpc/mobilenet-v2-os16' },
];

/** The most that our median may take, as a multiple of PyTorch's; undefined: reported without a bar. */
export function barOf(backend: string, mode: 'eager' | 'compiled', threads: number, name: string): number | undefined {
  if (backend === 'wasm') return threads === 1 ? wasmBars[name as SmallName] : undefined;
  if (backend !== 'tensorflow') return undefined;
  if (mode === 'eager') return threads === 1 ? 1.6 : undefined;
  return compiledBars[name as SmallName] ?? 1;
}

const compiledBars: Readonly<Record<SmallName, number>> = { mobile: 0.85, res: 0.9, attn: 1.05 };
const wasmBars: Readonly<Record<SmallName, number>> = { mobile: 2.2, res: 5, attn: 4.5 };

/** The most that our process may take at its peak, as a multiple of PyTorch's. */
export const memoryBar = 1.25;

/** First losses of both sides on the same weights and images may differ relatively by this: float32 over hundreds of layers. */
export const firstLossAllowed = 1e-4;
