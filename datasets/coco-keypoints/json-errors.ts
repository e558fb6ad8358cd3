import { DatasetError } from '../source.ts';

export const CONTEXT = 'COCO keypoints';
/** Annotations, detected boxes and results are read alike. */
export const ROLE = 'JSON file';

export function truncatedJson(path: string, length: number): DatasetError {
  return new DatasetError('json-truncated', `${CONTEXT}: the ${ROLE} ${path} is cut off at byte ${length}`, {
    tip: 'Unpack or copy the file again.',
  });
}

export function damagedJson(path: string, offset: number, what: string): DatasetError {
  return new DatasetError('json-damaged', `${CONTEXT}: the ${ROLE} ${path} is no valid JSON: byte ${offset} ${what}`, {
    tip: 'Unpack or copy the file again.',
  });
}

/** Throws DatasetError 'json-damaged'. */
export function parseJson(bytes: Buffer, path: string, offset: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw damagedJson(path, offset, `begins a value that cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}
