import { resolve } from 'node:path';
import { FindingList } from '../findings.ts';
import type { CheckOptions } from '../check-options.ts';
import type { CheckResult } from '../check.ts';
import { checkDuplicates } from '../check-duplicates.ts';
import type { CheckedFile } from '../check-picture.ts';
import { checkStatus, passedChecks, type PassedCheck } from '../check-status.ts';
import { checkContents } from './check-contents.ts';
import { checkHeaders } from './check-headers.ts';
import { checkInventory } from './check-inventory.ts';
import { CITYSCAPES_RULES } from './finding-rules.ts';
import { fingerprintOf, logicalPath, readInventory, type Inventory } from './inventory.ts';
import { detectCityscapesRoot, type CityscapesLayout } from './layout.ts';
import { isSyntheticSet } from '../synthesize/synthetic-mark.ts';
import { OFFICIAL_SPLITS } from './splits.ts';

/**
 * Examines a folder that `detectCityscapesRoot` knows. Level 0 layout, 1 names and pairs, 2 headers, 3 a sample decoded, 4
 * everything decoded.
 */
export async function checkCityscapes(picked: string, options: CheckOptions): Promise<CheckResult | undefined> {
  const layout = await detectCityscapesRoot(picked);
  if (layout === undefined) return undefined;
  const findings = new FindingList(CITYSCAPES_RULES);
  checkLayout(layout, picked, findings);
  const isSynthetic = await isSyntheticSet(layout.root);
  if (isSynthetic) findings.add('cs.synthetic');
  const inventory = await readInventory(layout, options.signal);
  if (options.level >= 1) checkInventory(inventory, isSynthetic, findings);
  if (options.level >= 2) await checkHeaders(inventory, isSynthetic, findings, options);
  if (options.level >= 3) await checkContents(inventory, findings, options);
  if (options.level >= 4) await checkDuplicates(picturesOf(inventory), findings, options);

  const splits: Record<string, number> = {};
  for (const split of OFFICIAL_SPLITS) {
    const count = inventory.items.filter((item) => item.split === split && item.image !== undefined).length;
    if (count > 0) splits[split] = count;
  }
  const list = findings.list();
  return {
    kind: 'cityscapes',
    root: layout.root,
    level: options.level,
    status: checkStatus(Object.keys(splits), list),
    splits,
    findings: list,
    notFound: partsNotFound(inventory),
    passed: passedChecks(CHECKS, options.level, findings),
    fingerprint: fingerprintOf(inventory),
    isSynthetic,
  };
}

function picturesOf({ layout, items }: Inventory): readonly (CheckedFile & { readonly key: string })[] {
  return items.flatMap(({ image, key, split }) =>
    image === undefined ? [] : [{ ...image, name: logicalPath(layout, image.path), key, split }],
  );
}

const CHECKS: readonly PassedCheck[] = [
  [1, 'every picture of train and val has its label map, and every label map its picture', ['pair.missing-label', 'pair.missing-image']],
  [1, 'no picture and no city is in two splits', ['split.overlap', 'cs.city-in-wrong-split']],
  [1, 'no file is empty', ['file.zero-bytes', 'file.zero-bytes-unused']],
  [2, 'pictures are whole and of the kind that their names say', ['file.truncated', 'file.not-image', 'file.damaged', 'file.ext-mismatch']],
  [2, 'label maps have the size of their pictures', ['pair.size-mismatch']],
  [
    3,
    'label maps hold label ids and nothing else',
    ['cs.label-unknown', 'label.rgb', 'label.antialiased', 'cs.labelids-are-trainids', 'cs.trainids-differ'],
  ],
  [4, 'no picture occurs twice in different splits', ['split.duplicate-content']],
];

/** What the official downloads hold and this folder does not: nothing of it need be a fault. */
function partsNotFound({ layout, items }: Inventory): readonly string[] {
  const labelled = items.filter(({ split }) => split !== 'test');
  const lacks = (what: 'instanceIds' | 'polygons' | 'labelIds'): boolean =>
    labelled.length > 0 && !labelled.some((item) => item[what] !== undefined);
  return [
    ...OFFICIAL_SPLITS.filter((split) => !items.some((item) => item.split === split && item.image !== undefined)).map(
      (split) => `pictures of ${split} (leftImg8bit/${split})`,
    ),
    ...(lacks('labelIds') ? ['fine labels (gtFine/…_labelIds.png)'] : []),
    ...(lacks('instanceIds') ? ['instance ids (gtFine/…_instanceIds.png): no iIoU without them'] : []),
    ...(lacks('polygons') ? ['polygons (gtFine/…_polygons.json)'] : []),
    ...(layout.coarseDir === undefined ? ['coarse labels (gtCoarse), which are not used'] : []),
  ];
}

function checkLayout(layout: CityscapesLayout, picked: string, findings: FindingList): void {
  if (layout.root !== resolve(picked)) findings.add('root.nested', { path: layout.root });
  if (layout.isBlurred) findings.add('cs.blurred');
  if (!layout.hasImages) findings.add('cs.no-images');
  if (layout.labelsDir === undefined) {
    findings.add('cs.no-labels');
    if (layout.coarseDir !== undefined) findings.add('cs.only-coarse');
  }
}
