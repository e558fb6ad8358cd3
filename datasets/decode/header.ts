import { sniffKind } from './magic.ts';

/** What the head of a picture says, without decoding it. */
export interface ImageHeader {
  readonly kind: 'png' | 'jpeg';
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA or CMYK. A palette counts as 1. */
  readonly channels: number;
  readonly hasPalette: boolean;
  readonly isInterlaced: boolean;
  /** EXIF orientation 1..8; 1 when there is none. It is never applied to pixels. */
  readonly orientation: number;
}

const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * `head`: the first bytes of the file (64 KiB are enough for nearly all). Undefined when it is no PNG or JPEG, or cut off before its
 * size.
 */
export function readImageHeader(head: Uint8Array): ImageHeader | undefined {
  const kind = sniffKind(head);
  if (kind === 'png') return readPngHeader(head);
  if (kind === 'jpeg') return readJpegHeader(head);
  return undefined;
}

function readPngHeader(head: Uint8Array): ImageHeader | undefined {
  if (head.length < 29) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const colorType = head[25] as number;
  const channels = PNG_CHANNELS[colorType];
  if (channels === undefined) return undefined;
  return {
    kind: 'png',
    width: view.getUint32(16),
    height: view.getUint32(20),
    bitDepth: head[24] as number,
    channels,
    hasPalette: colorType === 3,
    isInterlaced: head[28] !== 0,
    orientation: 1,
  };
}

/** Walks the markers to the frame header (SOFn) and looks into EXIF on the way. */
function readJpegHeader(head: Uint8Array): ImageHeader | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let orientation = 1;
  let at = 2;
  while (at + 10 <= head.length) {
    if (head[at] !== 0xff) return undefined;
    const marker = head[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (marker === 0xe1) orientation = readExifOrientation(head.subarray(at + 4, at + 2 + length)) ?? orientation;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      return {
        kind: 'jpeg',
        bitDepth: head[at + 4] as number,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        channels: head[at + 9] as number,
        hasPalette: false,
        isInterlaced: marker === 0xc2,
        orientation,
      };
    }
    at += 2 + length;
  }
  return undefined;
}

const ORIENTATION_TAG = 0x0112;

function readExifOrientation(segment: Uint8Array): number | undefined {
  if (Buffer.from(segment.subarray(0, 6)).toString('latin1') !== 'Exif\0\0') return undefined;
  const tiff = segment.subarray(6);
  if (tiff.length < 14) return undefined;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const isLittle = tiff[0] === 0x49;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > tiff.length) return undefined;
  const count = view.getUint16(directory, isLittle);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 10 > tiff.length) return undefined;
    if (view.getUint16(entry, isLittle) === ORIENTATION_TAG) return view.getUint16(entry + 8, isLittle);
  }
  return undefined;
}

const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex');

/** Whether the last bytes of a file are those of a complete picture: the IEND chunk, or an end-of-image marker in the last 64 bytes. */
export function hasPictureEnd(kind: 'png' | 'jpeg', tail: Uint8Array): boolean {
  const end = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
  if (kind === 'png') return end.length >= 12 && end.subarray(end.length - 12).equals(PNG_END);
  return end.subarray(Math.max(0, end.length - 64)).lastIndexOf(Buffer.from([0xff, 0xd9])) >= 0;
}
