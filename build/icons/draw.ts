import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/** Sides in px that Linux desktops ask for; all of them are also in the icons of Windows and macOS. */
const sides = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;

/** Entries of macOS: type, side in px (Apple, "icns" of Icon Composer; the @2x types repeat sides). */
const icnsTypes = [
  ['icp4', 16],
  ['ic11', 32],
  ['icp5', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
] as const;
const icoSides = [16, 24, 32, 48, 64, 128, 256] as const;

/** Draws all icons into `folder`: <side>x<side>.png, icon.png, icon.ico, icon.icns and experiment.{png,ico,icns} for files. */
export async function drawIcons(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ['icon', 'experiment'] as const) {
    const svg = await readFile(join(import.meta.dirname, `${name}.svg`));
    const pictures = new Map<number, Buffer>();
    for (const side of sides) {
      const density = Math.min(2_400, 72 * Math.max(1, side / 128));
      pictures.set(side, await sharp(svg, { density }).resize(side, side).png({ compressionLevel: 9 }).toBuffer());
    }
    const at = (side: number): Buffer => pictures.get(side) as Buffer;
    if (name === 'icon') for (const side of sides) await writeFile(join(folder, `${side}x${side}.png`), at(side));
    await writeFile(join(folder, `${name}.png`), at(512));
    await writeFile(join(folder, `${name}.ico`), ico(icoSides.map((side) => [side, at(side)])));
    await writeFile(join(folder, `${name}.icns`), icns(icnsTypes.map(([type, side]) => [type, at(side)])));
  }
}

/** Windows: a directory of 16 bytes an entry, then the PNG files; 256 px is written as 0. */
export function ico(entries: readonly (readonly [side: number, png: Buffer])[]): Buffer {
  const head = Buffer.alloc(6 + 16 * entries.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(entries.length, 4);
  let offset = head.length;
  for (const [index, [side, png]] of entries.entries()) {
    const at = 6 + 16 * index;
    head.writeUInt8(side % 256, at);
    head.writeUInt8(side % 256, at + 1);
    head.writeUInt16LE(1, at + 4); // colour planes
    head.writeUInt16LE(32, at + 6); // bits a pixel
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...entries.map(([, png]) => png)]);
}

/** macOS: 'icns' and the length of all, then for each entry its type, its length with these 8 bytes, and the PNG file. */
export function icns(entries: readonly (readonly [type: string, png: Buffer])[]): Buffer {
  const parts = entries.map(([type, png]) => Buffer.concat([headOf(type, png.length + 8), png]));
  const length = 8 + parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([headOf('icns', length), ...parts]);
}

function headOf(type: string, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(length, 4);
  return head;
}
