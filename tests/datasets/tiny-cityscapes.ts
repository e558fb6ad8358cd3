import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '../../datasets/decode/png-encode.ts';

export interface TinyOptions {
  readonly height?: number;
  readonly width?: number;
  /** Pictures per city. */
  readonly perCity?: number;
  readonly cities?: Readonly<Record<string, readonly string[]>>;
}

const defaultCities = { train: ['aachen', 'bochum', 'bremen', 'cologne'], val: ['lindau'], test: ['bonn'] };

/** A few pictures in the official layout, of sizes that differ on every axis; each picture has its own pixels. Returns the root. */
export async function writeTinyCityscapes(options: TinyOptions = {}): Promise<string> {
  const { height = 24, width = 40, perCity = 3, cities = defaultCities } = options;
  const root = await mkdtemp(join(tmpdir(), 'tiny-cityscapes-'));
  let serial = 0;
  for (const [split, names] of Object.entries(cities)) {
    for (const city of names) {
      for (let i = 0; i < perCity; i++) await writePair(root, split, city, i, { height, width, serial: serial++ });
    }
  }
  return root;
}

export function pairPaths(
  root: string,
  split: string,
  city: string,
  index: number,
): { readonly image: string; readonly labels: string; readonly instances: string } {
  const key = `${city}_${String(index).padStart(6, '0')}_000019`;
  return {
    image: join(root, 'leftImg8bit', split, city, `${key}_leftImg8bit.png`),
    labels: join(root, 'gtFine', split, city, `${key}_gtFine_labelIds.png`),
    instances: join(root, 'gtFine', split, city, `${key}_gtFine_instanceIds.png`),
  };
}

async function writePair(
  root: string,
  split: string,
  city: string,
  index: number,
  shape: { height: number; width: number; serial: number },
): Promise<void> {
  const { height, width, serial } = shape;
  const paths = pairPaths(root, split, city, index);
  const pixels = height * width;
  const rgb = Uint8Array.from({ length: pixels * 3 }, (_, i) => (i * 7 + serial * 31) % 256);
  const isHidden = split === 'test';
  const ids = [7, 8, 11, 23, 21, 26, 3];
  const labels = Uint8Array.from({ length: pixels }, (_, i) =>
    isHidden ? 3 : (ids[(Math.floor((i % width) / 6) + Math.floor(i / width / 5) + serial) % ids.length] as number),
  );
  const instances = Uint16Array.from(labels, (id) => (id === 26 ? 26000 : id));
  await mkdir(join(paths.image, '..'), { recursive: true });
  await mkdir(join(paths.labels, '..'), { recursive: true });
  await writeFile(paths.image, encodePng({ width, height, channels: 3, data: rgb }));
  await writeFile(paths.labels, encodePng({ width, height, channels: 1, data: labels }));
  await writeFile(paths.instances, encodePng({ width, height, channels: 1, data: instances }));
}
