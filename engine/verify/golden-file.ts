/** The golden files of published networks (tests/fixtures/reference/README.md), as far as every system shares their form. */
import { EngineError } from '../error.ts';

/** Mean, population standard deviation, extremes of one tensor in the official layout. */
export interface TensorFigures {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

export interface OutputFigures extends TensorFigures {
  /** Flat positions in the official layout, and the values there. */
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

export interface EvalFigures {
  readonly inputShape: readonly number[];
  readonly macs: number;
  readonly outputs: readonly OutputFigures[];
  readonly float32MaxDiffOverStd: number;
  readonly intermediate?: readonly (readonly [string, readonly TensorFigures[]])[];
}

export interface WeightFigures {
  readonly name: string;
  readonly mean: number;
  readonly std: number;
}

export interface TrainFigures {
  readonly inputShape: readonly number[];
  readonly loss: string;
  readonly optimizer: { readonly type: string; readonly lr: number; readonly momentum: number; readonly weightDecay: number };
  readonly losses: readonly number[];
  readonly gradientsStep1?: readonly (WeightFigures & { readonly first: number })[];
  readonly afterStep3?: readonly WeightFigures[];
  readonly float32: { readonly lossDiffs: readonly number[]; readonly maxStateMeanDiff: number };
}

export interface GoldenFile {
  readonly system: string;
  readonly net: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly architecture?: Readonly<Record<string, unknown>>;
  readonly parameters: readonly (readonly [name: string, shape: readonly number[], kind: string])[];
  readonly paramCount: number;
  readonly bufferCount: number;
  readonly norms?: readonly { readonly type: string; readonly eps: number; readonly momentum: number | null; readonly layers: number }[];
  readonly macsAtOtherSizes?: readonly { readonly inputShape: readonly number[]; readonly macs: number }[];
  readonly runningVarScale?: number;
  readonly eval: readonly EvalFigures[];
  readonly train?: TrainFigures;
  readonly trainSmallStep?: TrainFigures;
}

/** The file's content, checked for the fields that every check needs. Throws EngineError 'bad-golden-file'. */
export function parseGoldenFile(value: unknown, file: string): GoldenFile {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const missing = [
    ...['system', 'net'].filter((key) => typeof record[key] !== 'string'),
    ...['parameters', 'eval'].filter((key) => !Array.isArray(record[key])),
    ...['paramCount', 'bufferCount'].filter((key) => typeof record[key] !== 'number'),
  ];
  if (missing.length > 0) {
    const verb = missing.length === 1 ? 'is' : 'are';
    throw new EngineError('bad-golden-file', `${file}: no golden file of a network: ${missing.join(', ')} ${verb} missing or of another type.`, {
      tip: 'Golden files are the JSON files of the folders lite-hrnet, hr-nas, vit-resnas and spvnas of the reference data.',
    });
  }
  return record as unknown as GoldenFile;
}
