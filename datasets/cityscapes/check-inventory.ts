import type { FindingList } from '../findings.ts';
import { logicalPath, type CityscapesItem, type Inventory, type Role } from './inventory.ts';
import { OFFICIAL_CITIES, OFFICIAL_SPLITS, officialCount, officialSplitOfCity, type OfficialSplit } from './splits.ts';

/** More than this share of images without labels blocks the split. */
const MISSING_LABELS_SHARE = 0.01;
/** Without these a picture cannot be trained on or scored; the others are only looked at. */
const READ_ROLES: ReadonlySet<Role> = new Set(['image', 'labelIds', 'instanceIds']);

/** Level 1: names, pairs, counts and sizes of files; nothing is opened. */
export function checkInventory(inventory: Inventory, isSynthetic: boolean, findings: FindingList): void {
  const path = (file: string): string => logicalPath(inventory.layout, file);
  for (const file of inventory.oddNames) findings.add('name.grammar', { path: path(file) });
  for (const file of inventory.duplicates) findings.add('file.duplicate', { path: path(file) });
  if (inventory.junkCount > 0) findings.add('file.junk', { detail: String(inventory.junkCount) });
  for (const { path: file, split, code } of inventory.unreadable)
    findings.add('file.unreadable', { path: path(file), split, detail: code });
  for (const file of inventory.files) {
    if (file.bytes > 0) continue;
    findings.add(READ_ROLES.has(file.role) ? 'file.zero-bytes' : 'file.zero-bytes-unused', { path: path(file.path), split: file.split });
  }
  checkOverlap(inventory, findings);
  for (const split of OFFICIAL_SPLITS) {
    const items = inventory.items.filter((item) => item.split === split);
    if (items.length === 0) continue;
    checkPairs(split, items, inventory, findings);
    checkCities(split, items, inventory, findings);
    checkCounts(split, items, isSynthetic, findings);
  }
  const hasLabels = inventory.items.some((item) => item.labelIds !== undefined);
  if (hasLabels && !inventory.items.some((item) => item.trainIds !== undefined)) findings.add('cs.trainids-missing');
}

function checkPairs(split: OfficialSplit, items: readonly CityscapesItem[], inventory: Inventory, findings: FindingList): void {
  const path = (file: string): string => logicalPath(inventory.layout, file);
  const images = items.filter((item) => item.image !== undefined);
  const missing = images.filter((item) => item.labelIds === undefined);
  if (split !== 'test' && inventory.layout.labelsDir !== undefined) {
    const severity = missing.length > MISSING_LABELS_SHARE * images.length ? 'error' : 'warn';
    for (const item of missing)
      findings.add('pair.missing-label', { split, path: path(item.image?.path ?? ''), total: images.length, severity });
  }
  const labelled = split === 'test' ? [] : items.filter((item) => item.labelIds !== undefined);
  for (const item of labelled) {
    if (item.instanceIds === undefined)
      findings.add('pair.missing-instances', { split, path: path(item.labelIds?.path ?? ''), total: labelled.length });
  }
  for (const item of items) {
    if (item.image === undefined && item.labelIds !== undefined)
      findings.add('pair.missing-image', { split, path: path(item.labelIds.path) });
  }
}

function checkCities(split: OfficialSplit, items: readonly CityscapesItem[], inventory: Inventory, findings: FindingList): void {
  for (const item of items) {
    const official = officialSplitOfCity(item.city);
    if (official === undefined || official === split) continue;
    const file = item.image ?? item.labelIds;
    findings.add('cs.city-in-wrong-split', {
      split,
      path: file === undefined ? item.key : logicalPath(inventory.layout, file.path),
      detail: `${item.city} belongs to ${official}`,
    });
  }
}

function checkCounts(split: OfficialSplit, items: readonly CityscapesItem[], isSynthetic: boolean, findings: FindingList): void {
  const images = items.filter((item) => item.image !== undefined);
  const expected = officialCount(split);
  if (images.length === expected) return;
  findings.add('split.count', { split, detail: `${images.length} of ${expected}`, severity: isSynthetic ? 'info' : 'warn' });
  if (isSynthetic) return;
  const cities = Object.entries(OFFICIAL_CITIES[split]).map(
    ([city, count]) => [city, images.filter((item) => item.city === city).length, count] as const,
  );
  const present = cities.filter(([, found]) => found > 0).map(([city, found, count]) => `${city} ${found}/${count}`);
  if (present.length > 0) findings.add('cs.count', { split, detail: present.join(', ') });
}

function checkOverlap(inventory: Inventory, findings: FindingList): void {
  const seen = new Map<string, string>();
  for (const item of inventory.items) {
    const other = seen.get(item.key);
    if (other !== undefined && other !== item.split) findings.add('split.overlap', { path: `${item.key} (${other} and ${item.split})` });
    seen.set(item.key, item.split);
  }
}
