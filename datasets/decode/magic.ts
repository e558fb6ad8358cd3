/** What a file is by its first bytes; extensions are not trusted. */
export type FileKind = 'png' | 'jpeg' | 'bmp' | 'webp' | 'html' | 'xml' | 'zip' | 'lfs-pointer' | 'empty' | 'unknown';

const LFS_START = 'version https://git-lfs';

/** Needs the first 24 bytes. */
export function sniffKind(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return 'empty';
  const starts = (...values: readonly number[]): boolean => values.every((value, i) => bytes[i] === value);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'png';
  if (starts(0xff, 0xd8, 0xff)) return 'jpeg';
  if (starts(0x42, 0x4d)) return 'bmp';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 24)).toString('latin1');
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.startsWith('PK\x03\x04')) return 'zip';
  if (text.startsWith(LFS_START)) return 'lfs-pointer';
  const trimmed = text.trimStart().toLowerCase();
  if (trimmed.startsWith('<?xml')) return 'xml';
  if (trimmed.startsWith('<htm') || trimmed.startsWith('<!doc')) return 'html';
  return 'unknown';
}

/** For messages: 'an HTML page', 'a zip file', ... */
export function describeKind(kind: FileKind): string {
  switch (kind) {
    case 'png':
      return 'a PNG picture';
    case 'jpeg':
      return 'a JPEG picture';
    case 'bmp':
      return 'a BMP picture';
    case 'webp':
      return 'a WebP picture';
    case 'html':
      return 'an HTML page';
    case 'xml':
      return 'an XML document';
    case 'zip':
      return 'a zip file';
    case 'lfs-pointer':
      return 'a Git-LFS pointer';
    case 'empty':
      return 'an empty file';
    case 'unknown':
      return 'no known kind of picture';
  }
}
