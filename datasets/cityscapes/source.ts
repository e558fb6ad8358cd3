import { DatasetError, type DatasetInfo, type DatasetSource, type SegmentationSample } from '../source.ts';
import { fingerprintOf, readInventory, type CityscapesItem, type Unreadable } from './inventory.ts';
import { CITYSCAPES_CLASSES } from './labels.ts';
import { CITYSCAPES_SIGNATURE, detectCityscapesRoot } from './layout.ts';
import { isSyntheticSet } from '../synthesize/synthetic-mark.ts';
import { readCityscapesItem, type CityscapesItemRef } from './read-item.ts';
import { OFFICIAL_SPLITS, splitForSearch } from './splits.ts';

export interface CityscapesOptions {
  /** Which cities `search-val` holds out of train follows from this seed. */
  readonly searchSplitSeed: number;
}

export const defaultCityscapesOptions: CityscapesOptions = { searchSplitSeed: 0 };

/** More than this share of pictures without a label map makes a split unusable. */
const MISSING_LABELS_SHARE = 0.01;

/**
 * Opens a folder in the official layout (also the unpacked zips, or a folder one level above or inside). Splits: train, val, test as
 * far as they are there, and `search-train` / `search-val` cut from train. Pictures without a label map are left out of train and
 * val. Throws DatasetError 'root-not-found', 'folder-unreadable', 'file-unreadable', 'cs-no-labels',
 * 'cs-no-images' or 'pair-missing-label'.
 */
export async function openCityscapes(root: string, options: Partial<CityscapesOptions> = {}): Promise<DatasetSource<SegmentationSample>> {
  const { searchSplitSeed } = { ...defaultCityscapesOptions, ...options };
  const layout = await detectCityscapesRoot(root);
  if (layout === undefined) {
    throw new DatasetError('root-not-found', `Cityscapes: ${root} holds no leftImg8bit and gtFine; expected ${CITYSCAPES_SIGNATURE}`, {
      tip: 'Choose the folder that holds leftImg8bit and gtFine.',
    });
  }
  if (layout.labelsDir === undefined) {
    throw new DatasetError('cs-no-labels', `Cityscapes: images under ${layout.imagesDir}, but no gtFine beside them`, {
      tip: 'Unpack gtFine_trainvaltest.zip next to leftImg8bit.',
    });
  }
  const inventory = await readInventory(layout);
  const [unreadable] = inventory.unreadable;
  if (unreadable !== undefined) throw unreadableError(inventory.unreadable.length, unreadable);
  if (!inventory.items.some((item) => item.image !== undefined)) {
    throw new DatasetError(
      'cs-no-images',
      `Cityscapes: no images under ${layout.imagesDir}; expected {train,val,test}/<city>/*_leftImg8bit.png`,
      {
        tip: 'Choose the folder that holds leftImg8bit and gtFine.',
      },
    );
  }
  const { splits, blocked } = usableSplits(inventory.items, searchSplitSeed);
  if (splits.size === 0)
    throw [...blocked.values()][0] ?? new DatasetError('cs-no-images', `Cityscapes: no usable split under ${layout.root}`);
  const info: DatasetInfo = {
    kind: 'cityscapes',
    task: 'segmentation',
    root: layout.root,
    classes: CITYSCAPES_CLASSES,
    splits: Object.fromEntries([...splits].map(([name, items]) => [name, items.length])),
    fingerprint: fingerprintOf(inventory),
    isSynthetic: await isSyntheticSet(layout.root),
  };
  return createSource(info, splits, blocked);
}

/** Pictures behind it would be missing without a word: the set is not opened. */
function unreadableError(count: number, { path, code }: Unreadable): DatasetError {
  const more = count === 1 ? '' : ` (and ${count - 1} more)`;
  return new DatasetError('file-unreadable', `Cityscapes: ${path} cannot be opened (${code})${more}`, {
    tip: 'Check the rights of the file or folder, and where links lead.',
  });
}

function createSource(
  info: DatasetInfo,
  splits: ReadonlyMap<string, readonly CityscapesItem[]>,
  blocked: ReadonlyMap<string, DatasetError>,
): DatasetSource<SegmentationSample> {
  const itemsOf = (split: string): readonly CityscapesItem[] => {
    const items = splits.get(split);
    if (items === undefined) {
      const reason = blocked.get(split) ?? (split.startsWith('search-') ? blocked.get('train') : undefined);
      if (reason !== undefined) throw reason;
      throw new DatasetError('split-unknown', `Cityscapes: ${info.root} has no split '${split}'; it has ${[...splits.keys()].join(', ')}`);
    }
    return items;
  };
  const itemRef = (split: string, index: number): CityscapesItemRef => {
    const items = itemsOf(split);
    const item = items[index];
    if (item?.image === undefined) throw new RangeError(`Cityscapes: ${split} has samples 0..${items.length - 1}, not ${index}`);
    return { kind: 'cityscapes', key: item.key, imagePath: item.image.path, labelPath: item.labelIds?.path };
  };
  return {
    info,
    size: (split) => itemsOf(split).length,
    key: (split, index) => itemRef(split, index).key,
    itemRef,
    read: async (split, index) => readCityscapesItem(itemRef(split, index)),
    close: async () => {},
  };
}

interface Splits {
  readonly splits: ReadonlyMap<string, readonly CityscapesItem[]>;
  /** Splits with too many unpaired images, and the error for whoever asks for one. */
  readonly blocked: ReadonlyMap<string, DatasetError>;
}

function usableSplits(items: readonly CityscapesItem[], searchSplitSeed: number): Splits {
  const splits = new Map<string, readonly CityscapesItem[]>();
  const blocked = new Map<string, DatasetError>();
  for (const split of OFFICIAL_SPLITS) {
    const images = items.filter((item) => item.split === split && item.image !== undefined);
    const unlabelled = images.filter((item) => item.labelIds === undefined);
    if (split !== 'test' && unlabelled.length > MISSING_LABELS_SHARE * images.length) {
      blocked.set(split, missingLabels(split, unlabelled, images.length));
      continue;
    }
    const usable = split === 'test' ? images : images.filter((item) => item.labelIds !== undefined);
    if (usable.length > 0) splits.set(split, usable);
  }
  const train = splits.get('train');
  if (train !== undefined) {
    const { searchTrain, searchVal } = splitForSearch(train, searchSplitSeed);
    if (searchVal.length > 0) {
      splits.set('search-train', searchTrain);
      splits.set('search-val', searchVal);
    }
  }
  return { splits, blocked };
}

function missingLabels(split: string, unlabelled: readonly CityscapesItem[], total: number): DatasetError {
  const example = unlabelled[0]?.image?.path ?? '';
  return new DatasetError(
    'pair-missing-label',
    `Cityscapes: ${unlabelled.length} of ${total} images in ${split} have no _gtFine_labelIds.png, e.g. ${example}`,
    { tip: 'Unpack gtFine_trainvaltest.zip again next to leftImg8bit, or remove these images.' },
  );
}
