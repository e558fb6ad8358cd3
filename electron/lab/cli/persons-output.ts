import { extname } from 'node:path';

/** [x, y, width, height] px. */
export type Box = readonly [number, number, number, number];

/** How the persons of a picture are written: drawn over it, or as numbers. */
export const drawing = '.png';
export const numbers = '.json';

/** Whether `predict` is asked for persons: by a box, or by an output that only they have. */
export function isOfPersons(output: string, boxes: readonly Box[] | undefined): boolean {
  return boxes !== undefined || [drawing, numbers].includes(extname(output).toLowerCase());
}
