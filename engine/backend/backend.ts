/** Opening backends, and choosing among them by measurement. */
import { backend, engine, memory, setBackend } from '@tensorflow/tfjs';
import { EngineError } from '../error.ts';
import { calibrationStepMs, compileBreakEven } from './calibration.ts';
import { canCompile } from './steps.ts';
import { checkBackendOptions, describeBackend, listBackends } from './descriptions.ts';
import type { BackendDescription, BackendId, BackendOptions } from './descriptions.ts';
import { selfTest } from './self-test.ts';
import { useMixedPrecision } from './mixed-self-test.ts';
import type { Precision } from './precision.ts';
import { openTensorflow, setTensorflowPrecision, tensorflowInfo } from './tensorflow/open.ts';
import { openWasm } from './wasm/open.ts';
import { openWebgpu } from './webgpu/open.ts';

/** An opened backend: tensors live on it from now on. One process uses one backend at a time. */
export interface Backend {
  readonly id: BackendId;
  /** Threads inside one op. */
  readonly threads: number;
  /** Of products of matrices and convolutions. */
  readonly precision: Precision;
  describe(): BackendDescription;
  /** Bytes and number of live tensors. */
  memory(): { readonly bytes: number; readonly tensors: number };
}

/**
 * Makes a backend ready and current, after its self test. Throws EngineError: 'unknown-backend', 'backend-not-available',
 * 'threads-not-supported', 'precision-not-supported', 'backend-failed' when it does not start, 'backend-self-test' or 'precision-self-test' when
 * it computes wrongly. After a failure the backend from before is current, or the reference where there was none.
 */
export async function openBackend(id: string, options: BackendOptions = {}): Promise<Backend> {
  const description = describeBackend(id);
  checkBackendOptions(id, options);
  if (!description.isAvailable) {
    throw new EngineError('backend-not-available', `Backend '${id}' cannot be used here. ${description.reason ?? ''}`.trim(), {
      tip: `Use one of: ${listBackends()
        .filter((d) => d.isAvailable)
        .map((d) => d.id)
        .join(', ')}.`,
    });
  }
  const before = engine().backendName as string | undefined;
  const precision = options.precision ?? 'float32';
  try {
    await openers[description.id](options);
    setTensorflowPrecision('float32');
    await selfTest(id);
    if (precision !== 'float32') await useMixedPrecision(id, precision, setTensorflowPrecision);
  } catch (cause) {
    if (before !== undefined && before !== id) await setBackend(before);
    else if (id !== 'cpu') await openCpu();
    throw cause;
  }
  return {
    id: description.id,
    precision,
    threads: description.id === 'tensorflow' ? (tensorflowInfo()?.threads ?? 1) : 1,
    describe: () => description,
    memory: () => {
      const { numBytes, numTensors } = memory();
      return { bytes: numBytes, tensors: numTensors };
    },
  };
}

const openers: Readonly<Record<BackendId, (options: BackendOptions) => Promise<void>>> = {
  tensorflow: openTensorflow,
  webgpu: () => openWebgpu(),
  wasm: openWasm,
  cpu: openCpu,
};

async function openCpu(): Promise<void> {
  if (!(await setBackend('cpu'))) throw new EngineError('backend-failed', "Backend 'cpu' did not start.");
  // Otherwise the first op prints an advertisement for tfjs-node.
  (backend() as unknown as { firstUse: boolean }).firstUse = false;
}

/** Milliseconds of the fixed small training step: the median of several measurements of at least 30 ms. */
export interface Calibration {
  readonly id: BackendId;
  readonly stepMs: number;
}

/** Measures the fixed small step on the given backend, which must be the current one. Takes a quarter of a second. */
export async function calibrate(opened: Backend): Promise<Calibration> {
  checkCurrent('calibrate', opened);
  return { id: opened.id, stepMs: await calibrationStepMs() };
}

function checkCurrent(doing: string, { id }: Backend): void {
  if (engine().backendName === id) return;
  throw new EngineError('backend-not-current', `${doing}: '${id}' is not the backend in use ('${engine().backendName}').`);
}

/**
 * How often a step must run for compiling it to pay on the given backend, which must be the current one; undefined: nothing is compiled there.
 */
export async function measureCompileFrom(opened: Backend): Promise<number | undefined> {
  checkCurrent('measureCompileFrom', opened);
  return canCompile() ? compileBreakEven() : undefined;
}

/** The fastest of the measured backends that are fit for searches; says why. */
export function chooseBackend(calibrations: readonly Calibration[]): { readonly id: BackendId; readonly reason: string } {
  const sorted = [...calibrations].sort((a, b) => a.stepMs - b.stepMs);
  const best = sorted.find((calibration) => !describeBackend(calibration.id).isReferenceOnly) ?? sorted[0];
  if (!best) throw new EngineError('no-backend', 'chooseBackend: no backend was measured.');
  const others = sorted.filter((calibration) => calibration !== best).map((c) => `${c.id} ${c.stepMs.toFixed(1)} ms`);
  return { id: best.id, reason: `${best.stepMs.toFixed(1)} ms a calibration step${others.length ? `, against ${others.join(', ')}` : ''}` };
}
