import { basename, relative, resolve } from 'node:path';
import type { CheckOptions } from '../check-options.ts';
import type { CheckResult } from '../check.ts';
import { checkDuplicates } from '../check-duplicates.ts';
import { checkStatus, passedChecks, type PassedCheck } from '../check-status.ts';
import { FindingList } from '../findings.ts';
import type { DatasetError } from '../source.ts';
import { isSyntheticSet } from '../synthesize/synthetic-mark.ts';
import { checkAnnotations } from './check-annotations.ts';
import { checkContents, checkedFile, checkHeaders, checkPresence } from './check-pictures.ts';
import { COCO_RULES } from './finding-rules.ts';
import { detectCocoRoot, type CocoLayout } from './layout.ts';
import { fingerprintOf, openSplits, presentPictures, type OpenedSplits } from './open-splits.ts';
import { OFFICIAL_SPLITS } from './splits.ts';

/**
 * Examines a folder that `detectCocoRoot` knows. Level 0 layout, 1 annotations and which pictures are there, 2 headers, 3 a sample
 * decoded, 4 everything decoded.
 */
export async function checkCocoKeypoints(picked: string, options: CheckOptions): Promise<CheckResult | undefined> {
  const layout = await detectCocoRoot(picked);
  if (layout === undefined) return undefined;
  const findings = new FindingList(COCO_RULES);
  const isSynthetic = await isSyntheticSet(layout.root);
  checkLayout(layout, picked, findings);
  if (isSynthetic) findings.add('coco.synthetic');
  const splits = await openSplits(layout, openOptions(options));
  const { opened, failed } = splits;
  for (const [split, error] of failed) reportFailure(layout, split, error, findings);
  const pictures = (await Promise.all(opened.map(presentPictures))).flat();
  if (options.level >= 1) {
    checkPresence(opened, pictures, isSynthetic, findings);
    for (const one of opened) checkAnnotations(one, findings);
  }
  if (options.level >= 2) await checkHeaders(pictures, findings, options);
  if (options.level >= 3) await checkContents(pictures, findings, options);
  if (options.level >= 4) {
    const keyed = pictures.map((picture) => ({ ...checkedFile(picture), key: basename(picture.name) }));
    await checkDuplicates(keyed, findings, options);
  }
  const counts = Map.groupBy(pictures, ({ split }) => split);
  const list = findings.list();
  return {
    kind: 'coco-keypoints',
    root: layout.root,
    level: options.level,
    status: checkStatus([...counts.keys()], list),
    splits: Object.fromEntries([...counts].map(([split, own]) => [split, own.length])),
    findings: list,
    notFound: partsNotFound(layout, splits),
    passed: opened.length === 0 ? [] : passedChecks(CHECKS, options.level, findings),
    fingerprint: fingerprintOf(splits, pictures),
    isSynthetic,
  };
}

function openOptions({ onProgress, signal }: CheckOptions): Parameters<typeof openSplits>[1] {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: (split, done, total) => onProgress({ phase: `annotations of ${split}, bytes`, done, total }) }),
  };
}

function checkLayout(layout: CocoLayout, picked: string, findings: FindingList): void {
  if (layout.root !== resolve(picked)) findings.add('root.nested', { path: layout.root });
  if (layout.year === '2014') findings.add('coco.2014');
  for (const path of layout.detectionFiles) findings.add('coco.detections', { path: relative(layout.root, path), detail: basename(path) });
  for (const path of layout.instanceFiles)
    findings.add('coco.no-keypoints-json', { path: relative(layout.root, path), detail: basename(path) });
}

/** A file of a split that cannot be read. */
function reportFailure({ root, splits }: CocoLayout, split: string, error: DatasetError, findings: FindingList): void {
  const file = splits.find((files) => files.split === split)?.annotationFile ?? '';
  const path = relative(root, file).replaceAll('\\', '/');
  switch (error.code) {
    case 'json-truncated':
      findings.add('coco.json-truncated', { split, path, detail: /at byte (\d+)/.exec(error.message)?.[1] ?? '' });
      break;
    case 'json-damaged':
      findings.add('coco.json-damaged', { split, path, detail: /byte \d+ .*$/s.exec(error.message)?.[0] ?? error.message });
      break;
    case 'file-zero-bytes':
      findings.add('file.zero-bytes', { split, path });
      break;
    case 'zip-damaged':
      findings.add('coco.zip-damaged', { split, path, detail: error.message });
      break;
    default:
      findings.add('file.unreadable', { split, path, detail: error.message });
  }
}

const CHECKS: readonly PassedCheck[] = [
  [1, 'annotation files are whole', ['coco.json-truncated', 'coco.json-damaged', 'file.zero-bytes', 'file.unreadable']],
  [1, 'every listed picture is there', ['coco.image-missing', 'coco.zip-damaged']],
  [1, 'the pictures and categories that annotations name are listed', ['coco.dangling']],
  [1, 'each annotation has an id of its own, above 0', ['coco.id-zero', 'coco.id-dup']],
  [1, 'each person has 51 numbers for the 17 joints of COCO', ['coco.kp-length', 'coco.not-17']],
  [1, 'visibilities are 0, 1 or 2, and num_keypoints is the number of labelled joints', ['coco.v-invalid', 'coco.num-mismatch']],
  [1, 'boxes and labelled joints lie inside of their pictures', ['coco.box-outside', 'coco.box-length', 'coco.kp-outside']],
  [1, 'areas are those of masks', ['coco.area-missing', 'coco.area-is-box']],
  [1, 'no picture is in two splits', ['split.overlap']],
  [2, 'pictures are whole and of the kind that their names say', ['file.truncated', 'file.not-image', 'file.damaged', 'file.ext-mismatch']],
  [2, 'pictures have the size that their annotations are for', ['coco.size', 'coco.size-swap']],
  [4, 'no picture occurs twice in different splits', ['split.duplicate-content']],
];

/** What the official downloads hold and this folder does not: nothing of it need be a fault. */
function partsNotFound({ splits, detectionFiles, year }: CocoLayout, { opened }: OpenedSplits): readonly string[] {
  const missing = OFFICIAL_SPLITS.filter((split) => split !== 'test' && !splits.some((files) => files.split === split));
  const withoutPictures = opened.filter(({ files }) => files.images === undefined);
  return [
    ...missing.map((split) => `persons of ${split} (annotations/person_keypoints_${split}${year}.json)`),
    ...withoutPictures.map(({ files }) => `pictures of ${files.split} (${files.set})`),
    ...(splits.some(({ split }) => split === 'test') ? [] : ['pictures of test (image_info_test-dev2017.json and test2017)']),
    ...(detectionFiles.length === 0 ? ['detected boxes (person_detection_results): labelled boxes are used'] : []),
  ];
}
