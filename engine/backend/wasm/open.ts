/** Opens TensorFlow.js's WebAssembly backend. */
import '@tensorflow/tfjs-backend-wasm';
import { getBackend, setBackend } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';

/** Makes `wasm` the current backend; opening it again does nothing. */
export async function openWasm(): Promise<void> {
  if (getBackend() === 'wasm') return;
  if (!(await setBackend('wasm'))) {
    throw new EngineError('backend-failed', "Backend 'wasm' did not start.", { tip: 'Check that node_modules/@tensorflow/tfjs-backend-wasm is complete.' });
  }
}
