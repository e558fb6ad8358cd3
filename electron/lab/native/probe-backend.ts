/** Entry of a process that tries one backend: opens it (which tests it), measures the small step, answers and ends. */
import type { BackendId } from '../../../engine/backend/descriptions.ts';
import { namedDevices } from './device-names.ts';
import type { Probe, ProbeRequest } from './probe.ts';

async function tryBackend({ id, options, skipMeasurement }: ProbeRequest): Promise<Probe> {
  const { calibrate, openBackend } = await import('../../../engine/backend/backend.ts');
  const opened = await openBackend(id, options);
  const measured = skipMeasurement === true ? {} : { stepMs: (await calibrate(opened)).stepMs };
  return { works: true, threads: opened.threads, ...measured, ...(await below(id)) };
}

/** The library that computes and its devices. */
async function below(id: BackendId): Promise<Pick<Extract<Probe, { works: true }>, 'version' | 'devices'>> {
  if (id === 'tensorflow') {
    const { tensorflowInfo } = await import('../../../engine/backend/tensorflow/open.ts');
    const info = tensorflowInfo();
    return { devices: namedDevices(info?.devices ?? []), ...(info && { version: info.version }) };
  }
  if (id === 'webgpu') {
    const { probeAdapters } = await import('../../../engine/backend/webgpu/probe.ts');
    const { chooseAdapter, choiceFrom, describeAdapter } = await import('../../../engine/backend/webgpu/adapters.ts');
    // Dawn tells nothing of memory.
    return { devices: [{ type: 'GPU', name: describeAdapter(chooseAdapter(probeAdapters(), choiceFrom(process.env))), memoryBytes: 0 }] };
  }
  return { devices: [] };
}

function failureOf(error: unknown): Probe {
  const { code, message, tip } = error as { code?: unknown; message?: unknown; tip?: unknown };
  return {
    works: false,
    code: typeof code === 'string' ? code : 'backend-failed',
    message: typeof message === 'string' ? message : String(error),
    ...(typeof tip === 'string' ? { tip } : {}),
  };
}

const request = JSON.parse(process.argv[2] ?? '{}') as ProbeRequest;
const answer = await tryBackend(request).catch(failureOf);
process.send?.(answer, () => process.exit(0));
