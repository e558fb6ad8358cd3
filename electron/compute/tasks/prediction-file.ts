import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodePng } from '../../../datasets/decode/png-encode.ts';

/** The file of one prediction: a PNG of train ids in the size of the labels. */
export function predictionFile(folder: string, index: number): string {
  return join(folder, `${index}.png`);
}

/** Whole or not at all; returns its bytes. */
export async function writePrediction(file: string, classes: Uint8Array, height: number, width: number): Promise<number> {
  const png = encodePng({ width, height, channels: 1, data: classes });
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, png);
  await rename(part, file);
  return png.length;
}
