import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../error.ts';
import type { NativeBinding } from './binding.ts';

/** `$LAB_ADDON` names another build, such as the one with sanitizers. */
export const addonPath = process.env['LAB_ADDON'] ?? fileURLToPath(new URL('./tensorflow.node', import.meta.url));

/** The addon that was built into this place. Throws EngineError 'addon-missing' or 'addon-failed'. */
export function loadAddon(): NativeBinding {
  if (!existsSync(addonPath)) {
    throw new EngineError('addon-missing', `The addon for native TensorFlow is not at ${addonPath}.`, {
      tip: 'In a checkout run "npm run native"; else run "lab backend install tensorflow" again.',
    });
  }
  try {
    return createRequire(import.meta.url)(addonPath) as NativeBinding;
  } catch (cause) {
    throw new EngineError('addon-failed', `The addon for native TensorFlow at ${addonPath} does not load: ${String(cause)}.`, {
      tip: 'It was built for another platform? Run "lab backend install tensorflow" again.',
      cause,
    });
  }
}
