import { hash32, mulberry32 } from '../../../engine/rng.ts';

/** One generated pair of the reference files; the rules are in tests/fixtures/reference/metrics/README.md. */
export interface PairRules {
  readonly height: number;
  readonly width: number;
  readonly background: number;
  readonly rectangles: number;
  readonly ids: readonly number[];
  readonly patches: number;
  readonly noiseIds: readonly number[];
  readonly flip: number;
}

export interface GeneratedPair {
  readonly height: number;
  readonly width: number;
  readonly labelIds: Uint8Array;
  readonly instanceIds: Uint16Array;
  readonly prediction: Uint8Array;
}

export function generatePair(name: string, rules: PairRules): GeneratedPair {
  const { height, width } = rules;
  const next = mulberry32(hash32(`cityscapes/${name}`));
  const int = (n: number): number => Math.floor(next() * n);
  const pick = (values: readonly number[]): number => values[int(values.length)] as number;
  const labelIds = new Uint8Array(height * width).fill(rules.background);
  const instanceIds = Uint16Array.from(labelIds);
  const counts = new Map<number, number>();
  const fill = (map: Uint8Array | Uint16Array, value: number, [h, w, y, x]: readonly [number, number, number, number]): void => {
    for (let row = y; row < Math.min(y + h, height); row++) map.fill(value, row * width + x, row * width + Math.min(x + w, width));
  };
  for (let i = 0; i < rules.rectangles; i++) {
    const value = pick(rules.ids);
    const box = [4 + int(28), 4 + int(44), int(height), int(width)] as const;
    const isSingle = int(2) === 1;
    const count = counts.get(value) ?? 0;
    const hasNumber = value >= 24 && value <= 33 && isSingle;
    if (hasNumber) counts.set(value, count + 1);
    fill(labelIds, value, box);
    fill(instanceIds, hasNumber ? value * 1000 + count : value, box);
  }
  const prediction = Uint8Array.from(labelIds);
  for (let i = 0; i < rules.patches; i++) {
    const value = pick(rules.noiseIds);
    fill(prediction, value, [2 + int(12), 2 + int(16), int(height), int(width)]);
  }
  for (let i = 0; i < prediction.length; i++) if (next() < rules.flip) prediction[i] = pick(rules.noiseIds);
  return { height, width, labelIds, instanceIds, prediction };
}

export function hashBytes(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}
