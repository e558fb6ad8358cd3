import { readFileSync, statSync } from 'node:fs';
import { fileError } from '../../../db/checkpoints/file-system.ts';
import { StoreError } from '../../../db/store.ts';
import { parseArchitecture } from '../../../engine/catalog.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';

/** The largest of ours has 10 kB. */
const mostBytes = 1024 * 1024;

/** StoreError 'architecture-file-invalid'; what the space says of it as it is. */
export function readArchitectureFile(path: string): Architecture {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > mostBytes) throw invalid(path, `it has ${size} bytes; an architecture has at most ${mostBytes}`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(`Reading the architecture ${path}`, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(path, 'it is no JSON');
  }
  return parseArchitecture(value);
}

function invalid(path: string, what: string): StoreError {
  return new StoreError('architecture-file-invalid', `Reading the architecture ${path}: ${what}.`, {
    tip: 'Such files are written by Export in the architecture view, and hold { space, version, settings, choices }.',
  });
}
