import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { COCO_JOINTS } from '../../../datasets/coco-keypoints/joints.ts';
import { createRandom } from '../../../datasets/random.ts';
import type { Random } from '../../../datasets/random.ts';

export interface AnnotationFileSize {
  readonly images: number;
  readonly persons: number;
}

/** As many pictures and persons as person_keypoints_train2017.json lists; the file then has about its length too. */
export const trainSize: AnnotationFileSize = { images: 118_287, persons: 262_465 };

const outlinePoints = 34;

/** Writes a file in the official form piece by piece; returns its bytes. */
export async function writeAnnotationFile(path: string, { images, persons }: AnnotationFileSize): Promise<number> {
  const random = createRandom(1);
  const out = createWriteStream(path);
  let bytes = 0;
  const write = async (text: string): Promise<void> => {
    bytes += Buffer.byteLength(text);
    if (!out.write(text)) await new Promise<void>((resolve) => out.once('drain', resolve));
  };
  const list = async (name: string, count: number, entry: (i: number) => unknown): Promise<void> => {
    await write(`, "${name}": [`);
    for (let i = 0; i < count; i++)
      await write(`${i === 0 ? '' : ', '}${JSON.stringify(entry(i)).replaceAll(',', ', ').replaceAll(':', ': ')}`);
    await write(']');
  };
  await write('{"info": {"description": "drawn by a program", "version": "1.0"}');
  await list('images', images, (i) => image(i + 1));
  await list('annotations', persons, (i) => person(i + 1, 1 + random.int(images), random));
  await write(`, "categories": [${JSON.stringify({ id: 1, name: 'person', keypoints: COCO_JOINTS })}]}`);
  out.end();
  await finished(out);
  return bytes;
}

function image(id: number): unknown {
  const name = `${String(id).padStart(12, '0')}.jpg`;
  return {
    license: 4,
    file_name: name,
    coco_url: `http://images.example.org/train2017/${name}`,
    height: 427,
    width: 640,
    date_captured: '2013-11-14 17:02:52',
    flickr_url: `http://pictures.example.org/9999/${id}_abcdefabcd_z.jpg`,
    id,
  };
}

function person(id: number, imageId: number, random: Random): unknown {
  const number = (high: number): number => Math.round(random.between(0, high) * 100) / 100;
  const isLabelled = random.chance(0.57);
  const keypoints = COCO_JOINTS.flatMap(() => (isLabelled ? [random.int(640), random.int(427), 1 + random.int(2)] : [0, 0, 0]));
  return {
    segmentation: [Array.from({ length: 2 * outlinePoints }, () => number(640))],
    num_keypoints: isLabelled ? COCO_JOINTS.length : 0,
    area: number(40_000),
    iscrowd: 0,
    keypoints,
    image_id: imageId,
    bbox: [number(300), number(200), number(300), number(200)],
    category_id: 1,
    id,
  };
}
