import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../../../db/store.ts';

/** out/renderer: beside the bundle of the processes, and in a checkout three folders up. StoreError 'interface-missing'. */
export function findInterface(from: string = import.meta.url): string {
  const isBundle = !from.endsWith('.ts');
  const folder = fileURLToPath(new URL(isBundle ? '../renderer' : '../../../out/renderer', from));
  if (!existsSync(join(folder, 'index.html'))) {
    throw new StoreError('interface-missing', `Serving the interface: it was not built (${folder} has no index.html).`, {
      tip: 'Build it once with: npm run build',
    });
  }
  return folder;
}
