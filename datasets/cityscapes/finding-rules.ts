import { GENERIC_RULES, type FindingGroup, type FindingRule } from '../findings.ts';

const about = (group: FindingGroup, what: string): string =>
  `${group.split === undefined ? '' : `${group.split}: `}${group.count} ${what}${group.example === '' ? '' : `, e.g. ${group.example}`}`;

/** Findings of Cityscapes, beside the generic ones. */
export const CITYSCAPES_RULES: Readonly<Record<string, FindingRule>> = {
  ...GENERIC_RULES,
  'pair.missing-label': {
    severity: 'warn',
    say: (g) => `${g.count} of ${g.total} images in ${g.split} have no _gtFine_labelIds.png, e.g. ${g.example}; they are left out.`,
    tip: 'Unpack gtFine_trainvaltest.zip again next to leftImg8bit.',
  },
  'pair.missing-instances': {
    severity: 'warn',
    say: (g) =>
      `${g.count} of ${g.total} label maps in ${g.split} have no _gtFine_instanceIds.png, e.g. ${g.example}; instance scores (iIoU) cannot be computed.`,
    tip: 'Unpack gtFine_trainvaltest.zip again next to leftImg8bit.',
  },
  'cs.no-images': {
    severity: 'error',
    say: () => 'Labels found, images missing.',
    tip: 'Unpack leftImg8bit_trainvaltest.zip next to gtFine.',
  },
  'cs.no-labels': {
    severity: 'error',
    say: () => 'Images found, labels missing.',
    tip: 'Unpack gtFine_trainvaltest.zip next to leftImg8bit.',
  },
  'cs.only-coarse': {
    severity: 'warn',
    say: () => 'Only coarse labels found. Fine labels (gtFine) are needed for the official score.',
    tip: 'Unpack gtFine_trainvaltest.zip next to leftImg8bit.',
  },
  'cs.trainids-missing': {
    severity: 'info',
    say: () => 'labelTrainIds are not part of the download; they are derived from labelIds when they are read.',
    tip: 'Nothing to do.',
  },
  'cs.trainids-differ': {
    severity: 'error',
    say: (g) => `${about(g, 'labelTrainIds files disagree with labelIds')} (own mapping or stale files).`,
    tip: 'labelIds are used; remove or remake the labelTrainIds files.',
  },
  'cs.labelids-are-trainids': {
    severity: 'error',
    say: (g) => `${about(g, 'labelIds files contain train ids')}.`,
    tip: 'Restore the original labelIds files.',
  },
  'cs.test-labels': {
    severity: 'info',
    say: () => 'The test split has no public labels; it can be shown but not scored.',
    tip: 'Nothing to do.',
  },
  'cs.instance-8bit': {
    severity: 'error',
    say: (g) => `${about(g, 'instanceIds files were saved again with 8 bits')}; instance scores (iIoU) cannot be computed.`,
    tip: 'Restore the original instanceIds files.',
  },
  'cs.size': {
    severity: 'warn',
    say: (g) =>
      `${about(g, `images are ${g.details.join(' or ')} instead of 1024x2048 (height x width)`)}. Scores will not compare with published ones.`,
    tip: 'Take the original images for published scores.',
  },
  'cs.jpeg': {
    severity: 'warn',
    say: (g) => `${about(g, 'images are JPEG files')}: a recompressed copy.`,
    tip: 'Take the original PNG files for published scores.',
  },
  'cs.blurred': {
    severity: 'info',
    say: () => 'The variant with blurred faces; the authors ask to score on the originals.',
    tip: 'Use leftImg8bit for scores.',
  },
  'cs.city-in-wrong-split': {
    severity: 'error',
    say: (g) => `${about(g, 'pictures lie in the wrong split')} (${g.details.join(', ')}).`,
    tip: 'Move these cities back to their official split.',
  },
  'cs.count': {
    severity: 'info',
    say: (g) => `${g.split}: images found of those expected by city: ${g.details[0]}.`,
    tip: 'Nothing to do.',
  },
  'cs.label-unknown': {
    severity: 'error',
    say: (g) => `${about(g, 'label maps contain values that are no Cityscapes label')}: ${g.details.join(', ')}.`,
    tip: 'Restore the original labelIds files.',
  },
  'cs.poly-bad': {
    severity: 'warn',
    say: (g) => `${about(g, 'polygon files are broken')}: ${g.details[0]}.`,
    tip: 'Label maps are used; restore the polygon files only if you need them.',
  },
  'cs.synthetic': {
    severity: 'info',
    say: () => 'A synthetic set, drawn by a program; not part of the Cityscapes data set.',
    tip: 'Nothing to do.',
  },
};
