import { readResultFile } from '../../../datasets/coco-keypoints/result-file.ts';
import { readLabels } from '../../../datasets/coco-keypoints/truth.ts';
import { percent } from '../../../engine/export/quantity.ts';
import { scorePictures, type KeypointsScores } from '../../../engine/metrics/keypoints-ap.ts';
import { scoredPictures, type ScoredPicture } from '../../../engine/metrics/keypoints-results.ts';
import { table } from './table.ts';

/** The ten official figures of a result file against a file of annotations. */
export async function scoreKeypointFiles(truthFile: string, resultFile: string) {
  const truth = await readLabels(truthFile);
  const { results, leftOut } = await readResultFile(resultFile);
  const pictures = scoredPictures(truth, results);
  const scores = scorePictures(pictures);
  const others = leftOut === 0 ? '' : `, ${leftOut} of other categories left out`;
  return {
    document: { ...scores, oks: firstSimilarities(pictures) },
    text: `${figuresText(scores)}\n\n${truth.imageIds.length} pictures, ${truth.persons.length} persons, ${results.length} results${others}`,
  };
}

/** -1 where nothing counts, as the official tool prints it. */
function figuresText({ stats }: KeypointsScores): string {
  const shown = (value: number): string => (value < 0 ? '–' : percent(value, 2));
  const rows = [
    ['.50 to .95', 'all', shown(stats.AP), shown(stats.AR)],
    ['.50', 'all', shown(stats.AP50), shown(stats.AR50)],
    ['.75', 'all', shown(stats.AP75), shown(stats.AR75)],
    ['.50 to .95', 'medium', shown(stats.APM), shown(stats.ARM)],
    ['.50 to .95', 'large', shown(stats.APL), shown(stats.ARL)],
  ];
  return table([{ title: 'OKS' }, { title: 'persons' }, { title: 'AP', align: 'right' }, { title: 'AR', align: 'right' }], rows);
}

/** The similarities of the first picture, by its id, that has both persons and results: something to compare with by hand. */
function firstSimilarities(pictures: readonly ScoredPicture[]) {
  const picture = pictures.find(({ persons, results }) => persons.length > 0 && results.length > 0);
  if (picture === undefined) return null;
  const { imageId, persons, results, similarities } = picture;
  return {
    image: imageId,
    matrix: results.map((_, row) => similarities.slice(row * persons.length, (row + 1) * persons.length)),
    note: 'rows: results, best first; columns: annotations in the order of the file',
  };
}
