import { createHash } from 'node:crypto';
import { libraryNames } from '../../../../engine/backend/tensorflow/installed.ts';
import type { ZipMember } from '../../../make-zip.ts';

/** What a TensorFlow wheel has that is wanted, and something that is not. */
export const wheelMembers: readonly ZipMember[] = [
  ...(libraryNames() ?? []).map((name) => ({ path: `tensorflow/${name}`, content: `library ${name} `.repeat(2000) })),
  { path: 'tensorflow/include/tensorflow/c/c_api.h', content: '// header' },
  { path: 'tensorflow/THIRD_PARTY_NOTICES.txt', content: 'licences' },
  { path: 'tensorflow/__init__.py', content: 'import everything' },
];

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
