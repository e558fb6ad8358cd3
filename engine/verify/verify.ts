import type { Backend } from '../backend/backend.ts';
import type { StepMode } from '../backend/tf.ts';
import { fillValues } from '../run/fill.ts';
import { Weights } from '../run/weights.ts';
import { passes, type GoldenCheck } from './check.ts';
import { checkForward, compareModules } from './check-forward.ts';
import { checkStructure, inputOf } from './check-structure.ts';
import { checkTraining } from './check-training.ts';
import { isDpcReference } from './dpc-reference.ts';
import { verifyDpc } from './dpc-verify.ts';
import { parseGoldenFile, systemOf, type GoldenFile } from './golden-file.ts';
import { resultOf, type GoldenResult } from './golden-result.ts';
import { networksOf, type GoldenNetwork } from './systems.ts';

export interface VerifyOptions {
  /** Whether the training figures are compared as well; false on the reference backend. */
  readonly training: boolean;
  /** Forward passes above this many MACs are skipped. */
  readonly maxForwardMacs: number;
  /** Compiled, where the backend can compile, or op by op. */
  readonly mode: StepMode;
}

/** The reference backend does 30 M MACs a second: small networks, forward only. All others: everything. */
export function defaultVerifyOptions(backend: Backend): VerifyOptions {
  return backend.describe().isReferenceOnly
    ? { training: false, maxForwardMacs: 100e6, mode: 'eager' }
    : { training: true, maxForwardMacs: Infinity, mode: 'compiled' };
}

/**
 * Compares the network that a golden file defines with the file's figures, on the backend in use. `value` is the parsed JSON.
 * Throws EngineError ('bad-golden-file', 'unknown-system') when the file defines no network that exists here.
 */
export async function verifyGolden(file: string, value: unknown, options: VerifyOptions): Promise<GoldenResult> {
  if (isDpcReference(value)) return verifyDpc(file, value, options);
  const networks = networksOf(systemOf(value, file), file);
  const golden = parseGoldenFile(value, file);
  const network = networks(golden);
  const checks = checkStructure(golden, network);
  const skipped: string[] = [];
  let modules: GoldenCheck[] | undefined;
  // Wrong names would make every later figure wrong.
  if (checks.every(passes)) {
    for (const figures of golden.eval) {
      if (figures.macs > options.maxForwardMacs) {
        skipped.push(`forward pass at ${figures.inputShape.join('x')}: ${figures.macs} MACs`);
        continue;
      }
      const graph = network(inputOf(figures.inputShape));
      const compared = await withFilledWeights(golden, network, figures.inputShape, async (weights) => {
        const forward = await checkForward(graph, weights, figures, options.mode);
        if (!forward.every(passes)) modules ??= await compareModules(graph, weights, figures);
        return forward;
      });
      checks.push(...compared);
    }
    checks.push(...(await checkAllTraining(golden, network, options, skipped)));
  }
  const result = resultOf(file, checks, { skipped, absent: absentParts(golden) });
  return modules === undefined ? result : { ...result, modules };
}

function absentParts(golden: GoldenFile): string[] {
  const parts: readonly (readonly [string, unknown])[] = [
    ['bufferCount', golden.bufferCount],
    ['norms', golden.norms],
    ['train', golden.train],
    ...(golden.train === undefined ? [] : [['train.gradientsStep1', golden.train.gradientsStep1] as const]),
    ['trainSmallStep', golden.trainSmallStep],
    ...(golden.trainSmallStep === undefined ? [] : [['trainSmallStep.afterStep3', golden.trainSmallStep.afterStep3] as const]),
  ];
  return parts.filter(([, part]) => part === undefined).map(([name]) => name);
}

async function checkAllTraining(
  golden: GoldenFile,
  network: GoldenNetwork,
  options: VerifyOptions,
  skipped: string[],
): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  // At the larger step later losses are chaotic (README of the reference data, section 2).
  for (const [name, steps] of [
    ['train', 1],
    ['trainSmallStep', 3],
  ] as const) {
    const figures = golden[name];
    if (figures === undefined) continue;
    if (!options.training) {
      skipped.push(`${name}: training`);
      continue;
    }
    const graph = network(inputOf(figures.inputShape), 'training');
    const train = (weights: Weights): Promise<GoldenCheck[]> => checkTraining(graph, weights, figures, { name, steps, mode: options.mode });
    checks.push(...(await withFilledWeights(golden, network, figures.inputShape, train)));
  }
  return checks;
}

async function withFilledWeights<T>(
  golden: GoldenFile,
  network: GoldenNetwork,
  nchw: readonly number[],
  use: (weights: Weights) => Promise<T>,
): Promise<T> {
  const scale = golden.runningVarScale === undefined ? {} : { runningVarScale: golden.runningVarScale };
  const weights = new Weights(network(inputOf(nchw)).weights, (spec) => fillValues(spec, scale));
  try {
    return await use(weights);
  } finally {
    weights.dispose();
  }
}
