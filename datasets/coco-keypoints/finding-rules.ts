import { GENERIC_RULES, type FindingGroup, type FindingRule } from '../findings.ts';

const about = (group: FindingGroup, what: string): string =>
  `${group.split === undefined ? '' : `${group.split}: `}${group.count} ${what}${group.example === '' ? '' : `, e.g. ${group.example}`}`;
const detail = (group: FindingGroup): string => (group.details.length === 0 ? '' : ` (${group.details[0]})`);
const OFFICIAL_FILE = 'Take the official annotation file.';
const FILE_AGAIN = 'Unpack or copy the annotation file again.';

/** Findings of COCO's persons, beside the generic ones. */
export const COCO_RULES: Readonly<Record<string, FindingRule>> = {
  ...GENERIC_RULES,
  'coco.no-keypoints-json': {
    severity: 'error',
    say: (g) =>
      `Found ${g.details.join(', ')}, but keypoint training needs person_keypoints_{split}2017.json (same zip): those files have no joints.`,
    tip: 'Unpack person_keypoints_train2017.json and person_keypoints_val2017.json from annotations_trainval2017.zip.',
  },
  'coco.json-truncated': {
    severity: 'error',
    say: (g) => `${g.split}: the annotation file ${g.example} is cut off at byte ${g.details[0]}.`,
    tip: FILE_AGAIN,
  },
  'coco.json-damaged': {
    severity: 'error',
    say: (g) => `${g.split}: the annotation file ${g.example} cannot be read: ${g.details[0]}.`,
    tip: FILE_AGAIN,
  },
  'coco.zip-damaged': {
    severity: 'error',
    say: (g) => `${g.split}: ${g.details[0]}.`,
    tip: 'Copy the archive again, or unpack it.',
  },
  'coco.not-17': {
    severity: 'error',
    say: (g) => `${g.split}: ${g.example} defines ${g.details[0]}. Only the COCO-17 order is supported for official scores.`,
    tip: OFFICIAL_FILE,
  },
  'coco.kp-length': {
    severity: 'error',
    say: (g) => `${about(g, 'annotations have not 51 numbers as keypoints')}${detail(g)}.`,
    tip: OFFICIAL_FILE,
  },
  'coco.box-length': {
    severity: 'error',
    say: (g) => `${about(g, 'annotations have not 4 numbers as bbox')}${detail(g)}.`,
    tip: OFFICIAL_FILE,
  },
  'coco.num-mismatch': {
    severity: 'warn',
    say: (g) =>
      `${about(g, 'annotations have another num_keypoints than labelled joints')}${detail(g)}. The evaluator goes by the field: they would be ignored or used wrongly.`,
    tip: OFFICIAL_FILE,
  },
  'coco.v-invalid': {
    severity: 'error',
    say: (g) => `${about(g, 'annotations have a visibility that is none of 0, 1 and 2')}${detail(g)}.`,
    tip: 'Files of COCO-WholeBody have scores there: take the official file.',
  },
  'coco.v0-with-xy': {
    severity: 'warn',
    say: (g) => `${about(g, 'annotations have coordinates for joints that are not labelled')}; they are not used.`,
    tip: OFFICIAL_FILE,
  },
  'coco.kp-outside': {
    severity: 'warn',
    say: (g) => `${about(g, 'annotations have a labelled joint outside of the picture')}${detail(g)}.`,
    tip: OFFICIAL_FILE,
  },
  'coco.box-outside': {
    severity: 'warn',
    say: (g) => `${about(g, 'annotations have an empty box, or one that leaves the picture')}${detail(g)}; crops are cut to the picture.`,
    tip: OFFICIAL_FILE,
  },
  'coco.id-zero': {
    severity: 'error',
    say: (g) => `${about(g, 'annotations have the id 0 or none')}: an annotation with the id 0 cannot be matched by the evaluator.`,
    tip: 'Number annotations from 1.',
  },
  'coco.id-dup': {
    severity: 'error',
    say: (g) => `${about(g, 'annotations have the id of another one')}; the evaluator would count one of them only.`,
    tip: 'Give each annotation an id of its own.',
  },
  'coco.image-dup': {
    severity: 'warn',
    say: (g) => `${about(g, 'pictures are listed more than once')}; the first entry counts.`,
    tip: OFFICIAL_FILE,
  },
  'coco.dangling': {
    severity: 'error',
    say: (g) => `${about(g, 'annotations are of a picture or category that the file does not list')}${detail(g)}.`,
    tip: OFFICIAL_FILE,
  },
  'coco.area-missing': {
    severity: 'error',
    say: (g) => `${about(g, 'annotations have no area')}: object keypoint similarity cannot be computed.`,
    tip: OFFICIAL_FILE,
  },
  'coco.area-is-box': {
    severity: 'warn',
    say: (g) => `${g.split}: areas equal those of the boxes (${g.details[0]}); OKS values will be too high.`,
    tip: 'Areas are those of masks in the official file.',
  },
  'coco.image-missing': {
    severity: 'warn',
    say: (g) =>
      `${g.count} of ${g.total} images of ${g.split} are missing. First: ${g.example}. Annotations of missing images are skipped; AP is then not official.`,
    tip: 'Unpack the pictures again beside the annotations.',
  },
  'coco.unlisted': {
    severity: 'info',
    say: (g) => `${g.split}: ${g.details[0]} pictures are in no annotation file; they are left out.`,
    tip: 'Nothing to do.',
  },
  'coco.size-swap': {
    severity: 'error',
    say: (g) => `${about(g, 'images have height and width exchanged')}${detail(g)}: each was rotated by its EXIF tag when copied.`,
    tip: 'Take the original pictures.',
  },
  'coco.size': {
    severity: 'error',
    say: (g) => `${about(g, 'images have another size than their annotations are for')}${detail(g)}.`,
    tip: 'Take the original pictures: persons lie elsewhere in resized ones.',
  },
  'coco.2014': {
    severity: 'info',
    say: () => 'COCO 2014 split; its val overlaps 2017 train.',
    tip: 'Nothing to do, unless sets of both years are used together.',
  },
  'coco.crowd-rle-bad': {
    severity: 'warn',
    say: (g) => `${about(g, 'masks of crowds do not fill their picture')}${detail(g)}; their boxes are shown instead.`,
    tip: OFFICIAL_FILE,
  },
  'coco.test': {
    severity: 'info',
    say: () => 'No annotations for test: prediction only.',
    tip: 'Nothing to do.',
  },
  'coco.detections': {
    severity: 'info',
    say: (g) => `Detected boxes are there: ${g.details.join(', ')}.`,
    tip: 'Name one of them as data.detections to crop by it instead of by labelled boxes.',
  },
  'coco.synthetic': {
    severity: 'info',
    say: () => 'A synthetic set, drawn by a program; not part of the COCO data set.',
    tip: 'Nothing to do.',
  },
};
