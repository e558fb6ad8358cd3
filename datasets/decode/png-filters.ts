import { DatasetError } from '../source.ts';

/**
 * Undoes PNG's row filters (PNG specification, section 9). `raw` holds `height` rows of one filter byte and `rowBytes` bytes;
 * `out` takes height * rowBytes bytes.
 */
export function unfilter(raw: Uint8Array, height: number, rowBytes: number, bytesPerPixel: number, out: Uint8Array): void {
  for (let y = 0; y < height; y++) {
    const from = y * (rowBytes + 1);
    const to = y * rowBytes;
    switch (raw[from]) {
      case 0:
        out.set(raw.subarray(from + 1, from + 1 + rowBytes), to);
        break;
      case 1:
        undoSub(raw, from + 1, rowBytes, bytesPerPixel, out, to);
        break;
      case 2:
        undoUp(raw, from + 1, rowBytes, out, to);
        break;
      case 3:
        undoAverage(raw, from + 1, rowBytes, bytesPerPixel, out, to);
        break;
      case 4:
        undoPaeth(raw, from + 1, rowBytes, bytesPerPixel, out, to);
        break;
      default:
        throw new DatasetError('file-damaged', `is a damaged PNG: row ${y} has filter ${raw[from]}`, {
          tip: 'Copy or unpack the file again.',
        });
    }
  }
}

function undoSub(raw: Uint8Array, from: number, rowBytes: number, bytesPerPixel: number, out: Uint8Array, to: number): void {
  for (let i = 0; i < bytesPerPixel; i++) out[to + i] = raw[from + i] as number;
  for (let i = bytesPerPixel; i < rowBytes; i++) out[to + i] = (raw[from + i] as number) + (out[to + i - bytesPerPixel] as number);
}

function undoUp(raw: Uint8Array, from: number, rowBytes: number, out: Uint8Array, to: number): void {
  if (to === 0) {
    out.set(raw.subarray(from, from + rowBytes), 0);
    return;
  }
  const above = to - rowBytes;
  for (let i = 0; i < rowBytes; i++) out[to + i] = (raw[from + i] as number) + (out[above + i] as number);
}

function undoAverage(raw: Uint8Array, from: number, rowBytes: number, bytesPerPixel: number, out: Uint8Array, to: number): void {
  const above = to - rowBytes;
  for (let i = 0; i < rowBytes; i++) {
    const left = i < bytesPerPixel ? 0 : (out[to + i - bytesPerPixel] as number);
    const up = to === 0 ? 0 : (out[above + i] as number);
    out[to + i] = (raw[from + i] as number) + ((left + up) >> 1);
  }
}

function undoPaeth(raw: Uint8Array, from: number, rowBytes: number, bytesPerPixel: number, out: Uint8Array, to: number): void {
  if (to === 0) {
    undoSub(raw, from, rowBytes, bytesPerPixel, out, to);
    return;
  }
  const above = to - rowBytes;
  for (let i = 0; i < bytesPerPixel; i++) out[to + i] = (raw[from + i] as number) + (out[above + i] as number);
  for (let i = bytesPerPixel; i < rowBytes; i++) {
    const left = out[to + i - bytesPerPixel] as number;
    const up = out[above + i] as number;
    const corner = out[above + i - bytesPerPixel] as number;
    let toLeft = up - corner;
    let toUp = left - corner;
    let toCorner = toLeft + toUp;
    if (toLeft < 0) toLeft = -toLeft;
    if (toUp < 0) toUp = -toUp;
    if (toCorner < 0) toCorner = -toCorner;
    const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    out[to + i] = (raw[from + i] as number) + nearest;
  }
}

/** Filter 'up' of every row: what a label map (long equal columns) and a smooth picture both compress well with. */
export function filterUp(rows: Uint8Array, height: number, rowBytes: number): Uint8Array {
  const out = new Uint8Array(height * (rowBytes + 1));
  for (let y = 0; y < height; y++) {
    const to = y * (rowBytes + 1);
    const from = y * rowBytes;
    if (y === 0) {
      out.set(rows.subarray(0, rowBytes), 1);
      continue;
    }
    out[to] = 2;
    for (let i = 0; i < rowBytes; i++) out[to + 1 + i] = (rows[from + i] as number) - (rows[from - rowBytes + i] as number);
  }
  return out;
}
