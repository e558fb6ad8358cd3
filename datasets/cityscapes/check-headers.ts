import { readPictureHeader, reportPicture } from '../check-picture.ts';
import type { ImageHeader } from '../decode/header.ts';
import type { FindingList } from '../findings.ts';
import type { CheckOptions } from '../check-options.ts';
import { sampleEvenly } from '../sample-evenly.ts';
import { logicalPath, type CityscapesItem, type FoundFile, type Inventory } from './inventory.ts';

/** Above so many pictures only a sample of headers is read. */
const ALL_HEADERS_UP_TO = 20_000;
const SAMPLED_HEADERS = 500;
const AT_ONCE = 16;
const OFFICIAL_HEIGHT = 1024;
const OFFICIAL_WIDTH = 2048;

interface Context {
  readonly inventory: Inventory;
  readonly isSynthetic: boolean;
  readonly findings: FindingList;
}

/** Level 2: the first and last bytes of images, label maps and instance maps. */
export async function checkHeaders(
  inventory: Inventory,
  isSynthetic: boolean,
  findings: FindingList,
  options: CheckOptions,
): Promise<void> {
  const all = inventory.items;
  const items = all.length > ALL_HEADERS_UP_TO && options.level < 4 ? sampleEvenly(all, SAMPLED_HEADERS) : all;
  const context = { inventory, isSynthetic, findings };
  for (let start = 0; start < items.length; start += AT_ONCE) {
    options.signal?.throwIfAborted();
    await Promise.all(items.slice(start, start + AT_ONCE).map((item) => checkItem(item, context)));
    options.onProgress?.({ phase: 'headers', done: Math.min(start + AT_ONCE, items.length), total: items.length });
  }
}

async function checkItem(item: CityscapesItem, context: Context): Promise<void> {
  const { findings, inventory } = context;
  const image = await headerOf(item.image, item.split, context);
  const labels = await headerOf(item.labelIds, item.split, context);
  const instances = await headerOf(item.instanceIds, item.split, context);
  if (image !== undefined && item.image !== undefined) checkImage(image, item.image, item.split, context);
  if (labels !== undefined && item.labelIds !== undefined && labels.channels > 1) {
    findings.add('label.rgb', { split: item.split, path: logicalPath(inventory.layout, item.labelIds.path) });
  }
  if (instances !== undefined && item.instanceIds !== undefined && instances.bitDepth !== 16) {
    findings.add('cs.instance-8bit', { split: item.split, path: logicalPath(inventory.layout, item.instanceIds.path) });
  }
  if (
    image !== undefined &&
    labels !== undefined &&
    item.labelIds !== undefined &&
    (image.width !== labels.width || image.height !== labels.height)
  ) {
    const detail = `image ${image.height}x${image.width}, label ${labels.height}x${labels.width}`;
    findings.add('pair.size-mismatch', { split: item.split, path: logicalPath(inventory.layout, item.labelIds.path), detail });
  }
}

function checkImage(header: ImageHeader, file: FoundFile, split: string, { inventory, isSynthetic, findings }: Context): void {
  const path = logicalPath(inventory.layout, file.path);
  if (header.kind === 'jpeg') findings.add('cs.jpeg', { split, path });
  reportPicture(header, { ...file, name: path, split }, findings);
  if (header.width !== OFFICIAL_WIDTH || header.height !== OFFICIAL_HEIGHT) {
    findings.add('cs.size', { split, path, detail: `${header.height}x${header.width}`, ...(isSynthetic ? { severity: 'info' } : {}) });
  }
}

function headerOf(file: FoundFile | undefined, split: string, { inventory, findings }: Context): Promise<ImageHeader | undefined> {
  if (file === undefined) return Promise.resolve(undefined);
  return readPictureHeader({ ...file, name: logicalPath(inventory.layout, file.path), split }, findings);
}
