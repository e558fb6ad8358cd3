import type { CheckOptions } from '../check-options.ts';
import type { CheckResult } from '../check.ts';
import { detectCocoRoot } from './layout.ts';
import { fingerprintOf, openSplit, splitRefusal } from './open-splits.ts';
import { isSyntheticSet } from '../synthesize/synthetic-mark.ts';

export async function checkCocoKeypoints(picked: string, options: CheckOptions): Promise<CheckResult | undefined> {
  const layout = await detectCocoRoot(picked);
  if (layout === undefined) return undefined;
  const opened = await Promise.all(layout.splits.map((files) => openSplit(files, options.signal)));
  const usable = opened.filter((one) => splitRefusal(one) === undefined);
  return {
    kind: 'coco-keypoints',
    root: layout.root,
    level: options.level,
    status: usable.length === 0 ? 'blocked' : usable.length < opened.length ? 'usable' : 'ok',
    splits: Object.fromEntries(usable.map((one) => [one.files.split, one.locations.filter((place) => place !== undefined).length])),
    findings: [],
    notFound: [],
    passed: [],
    fingerprint: await fingerprintOf(opened),
    isSynthetic: await isSyntheticSet(layout.root),
  };
}
