import type { CheckOptions } from '../check-options.ts';
import { attemptDecoding, readPictureHeader, reportPicture, type CheckedFile } from '../check-picture.ts';
import { decodeRgb } from '../decode/rgb.ts';
import type { FindingList } from '../findings.ts';
import { sampleEvenly } from '../sample-evenly.ts';
import type { OpenedSplit, PresentPicture } from './open-splits.ts';
import { OFFICIAL_IMAGES } from './splits.ts';

/** Above so many pictures only a sample of headers is read. */
const ALL_HEADERS_UP_TO = 20_000;
const SAMPLED_HEADERS = 500;
const SAMPLED_PICTURES = 200;
const AT_ONCE = 16;

export const checkedFile = ({ location, name, bytes, split }: PresentPicture): CheckedFile => ({ ...location, name, bytes, split });

/** Level 1: which listed pictures are there, and with which sizes; nothing is opened. */
export function checkPresence(
  opened: readonly OpenedSplit[],
  pictures: readonly PresentPicture[],
  isSynthetic: boolean,
  findings: FindingList,
): void {
  for (const { files, index, locations, pictureCount, junkCount } of opened) {
    const { split, set } = files;
    const present = locations.filter((location) => location !== undefined).length;
    const severity = present === 0 ? 'error' : 'warn';
    locations.forEach((location, row) => {
      if (location !== undefined) return;
      findings.add('coco.image-missing', { split, path: `${set}/${index.images.fileNames[row]}`, total: locations.length, severity });
    });
    if (pictureCount > present) findings.add('coco.unlisted', { split, detail: String(pictureCount - present) });
    if (junkCount > 0) findings.add('file.junk', { split, detail: String(junkCount) });
    const expected = OFFICIAL_IMAGES[set];
    if (expected === undefined || present === expected || present === 0) continue;
    findings.add('split.count', { split, detail: `${present} of ${expected}`, severity: isSynthetic ? 'info' : 'warn' });
  }
  for (const { split, name, bytes } of pictures) {
    if (bytes === 0) findings.add('file.zero-bytes', { split, path: name });
    if (bytes < 0) findings.add('file.unreadable', { split, path: name });
  }
  checkOverlap(opened, findings);
}

/** Pictures by their id: names can be the same in sets of several years. */
function checkOverlap(opened: readonly OpenedSplit[], findings: FindingList): void {
  const seen = new Map<number, string>();
  for (const { files, index, locations } of opened) {
    index.images.ids.forEach((id, row) => {
      if (locations[row] === undefined) return;
      const other = seen.get(id);
      if (other !== undefined && files.split !== 'test')
        findings.add('split.overlap', { path: `image ${id} (${other} and ${files.split})` });
      else seen.set(id, files.split);
    });
  }
}

/** Level 2: the first and last bytes of pictures, and their sizes against those that the annotations are for. */
export async function checkHeaders(pictures: readonly PresentPicture[], findings: FindingList, options: CheckOptions): Promise<void> {
  const sampled = pictures.length > ALL_HEADERS_UP_TO && options.level < 4 ? sampleEvenly(pictures, SAMPLED_HEADERS) : pictures;
  for (let start = 0; start < sampled.length; start += AT_ONCE) {
    options.signal?.throwIfAborted();
    await Promise.all(sampled.slice(start, start + AT_ONCE).map((picture) => checkHeader(picture, findings)));
    options.onProgress?.({ phase: 'headers', done: Math.min(start + AT_ONCE, sampled.length), total: sampled.length });
  }
}

async function checkHeader(picture: PresentPicture, findings: FindingList): Promise<void> {
  const file = checkedFile(picture);
  const header = await readPictureHeader(file, findings);
  if (header === undefined) return;
  reportPicture(header, file, findings);
  const { heights, widths } = picture.opened.index.images;
  const [height, width] = [heights[picture.row] as number, widths[picture.row] as number];
  if (height <= 0 || width <= 0 || (header.height === height && header.width === width)) return;
  const isSwapped = header.height === width && header.width === height;
  const detail = `${header.height}x${header.width} instead of ${height}x${width}, height x width`;
  findings.add(isSwapped ? 'coco.size-swap' : 'coco.size', { split: file.split, path: file.name, detail });
}

/** Level 3: a sample of pictures of each split is decoded; level 4: all of them. */
export async function checkContents(pictures: readonly PresentPicture[], findings: FindingList, options: CheckOptions): Promise<void> {
  for (const [split, own] of Map.groupBy(pictures, (picture) => picture.split)) {
    const share = Math.max(1, Math.round((SAMPLED_PICTURES * own.length) / pictures.length));
    const sample = options.level >= 4 ? own : sampleEvenly(own, share);
    for (const [i, picture] of sample.entries()) {
      options.signal?.throwIfAborted();
      await attemptDecoding(checkedFile(picture), findings, (bytes) => decodeRgb(bytes, { verifiesChecksums: options.level >= 4 }));
      options.onProgress?.({ phase: `contents of ${split}`, done: i + 1, total: sample.length });
    }
  }
}
