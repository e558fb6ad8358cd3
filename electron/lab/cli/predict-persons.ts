import { extname } from 'node:path';
import { assembleKeypoints } from '../../../datasets/assemble-keypoints.ts';
import { decodeRgb } from '../../../datasets/decode/rgb.ts';
import { renderKeypoints } from '../../../datasets/render-keypoints.ts';
import { DatasetError } from '../../../datasets/source.ts';
import type { KeypointsSample, PersonLabel } from '../../../datasets/source.ts';
import { cocoEvaluation } from '../../../datasets/transforms/keypoints.ts';
import { threeDigits } from '../../../engine/export/quantity.ts';
import { suppressAlike } from '../../../engine/metrics/keypoints-nms.ts';
import type { Weights } from '../../../engine/run/weights.ts';
import { openWeights } from '../../compute/tasks/open-weights.ts';
import { createPoseNetwork } from '../../compute/tasks/pose-network.ts';
import { CliError } from './failure.ts';
import { readBytes, writeFileWhole } from './files.ts';
import { openChosenBackend } from './network.ts';
import { drawing, numbers, type Box } from './persons-output.ts';
import { resolvePose } from './pose-estimator.ts';
import type { CommandResult, Session } from './session.ts';
import { table } from './table.ts';

export interface PredictPersonsOptions {
  readonly weights?: string;
  readonly input: string;
  readonly output: string;
  /** [x, y, width, height] px; the whole picture when there is none. */
  readonly box?: readonly Box[];
  readonly size?: readonly [number, number];
}

/** More would not fit the memory of a WebAssembly backend beside the network. */
const together = 16;
/**
 * Finds the joints of the persons in the given boxes of a picture; writes them as numbers (.json) or draws them over the picture (.png). Alike
 * persons are dropped as in an evaluation.
 */
export async function predictPersons(session: Session, archText: string, options: PredictPersonsOptions): Promise<CommandResult> {
  const { input, output } = options;
  const kind = extname(output).toLowerCase();
  if (kind !== drawing && kind !== numbers) {
    throw new CliError('usage', `predict: persons are written as ${numbers} or drawn as ${drawing}, got ${output}.`);
  }
  const { arch, weights: file, pose } = await resolvePose(session, archText, options.weights, options.size);
  const picture = await readPicture(input);
  const samples = (options.box ?? [[0, 0, picture.width, picture.height]]).map((box, i) => samplesOf(picture, box, i));
  const backend = await openChosenBackend(session);
  const began = performance.now();
  let weights: Weights | undefined;
  try {
    const network = await createPoseNetwork(arch, pose, async (graph) => (weights = await openWeights(graph, file)));
    const poses = [];
    for (let first = 0; first < samples.length; first += together) {
      const some = samples.slice(first, first + together);
      const items = some.map((_, i) => ({ split: '', index: first + i, epoch: 0 }));
      poses.push(...(await network.poses(assembleKeypoints(0, items, some, { ...cocoEvaluation, inputSize: pose.inputSize }, 0))));
    }
    const persons = suppressAlike(poses, pose.nmsThreshold).map(({ score, keypoints }) => ({ score, keypoints: Array.from(keypoints) }));
    const seconds = (performance.now() - began) / 1000;
    if (kind === numbers) writeFileWhole(output, `${JSON.stringify(persons, undefined, 1)}\n`);
    else
      writeFileWhole(
        output,
        renderKeypoints({ ...picture, persons: samples.flatMap((sample) => sample.persons) }, { predictions: persons }),
      );
    return {
      document: { input, output, persons, backend: backend.id, seconds },
      text: `${personsText(persons)}\n${kind === numbers ? 'written to' : 'drawn in'} ${output}`,
    };
  } finally {
    weights?.dispose();
  }
}

function personsText(persons: readonly { readonly score: number; readonly keypoints: readonly number[] }[]): string {
  const rows = persons.map(({ score, keypoints }, i) => {
    const sure = keypoints.filter((value, at) => at % 3 === 2 && value > 0.2).length;
    return [String(i + 1), score < 0 ? `-${threeDigits(-score)}` : threeDigits(score), `${sure} of ${keypoints.length / 3}`];
  });
  const right = 'right' as const;
  return table([{ title: 'person' }, { title: 'score', align: right }, { title: 'joints above 0.2', align: right }], rows);
}

async function readPicture(path: string): Promise<KeypointsSample> {
  try {
    const { height, width, rgb } = await decodeRgb(readBytes(path, 'the picture'));
    return { kind: 'keypoints', key: path, height, width, rgb, imageId: 1, persons: [] };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new CliError('invalid-input', `Reading the picture: ${path} ${error.message}.`, {
      tip: 'Persons are looked at in .png and .jpg files.',
      cause: error,
    });
  }
}

function samplesOf(picture: KeypointsSample, box: Box, index: number): KeypointsSample {
  const [x, y, width, height] = box;
  const isInside = x < picture.width && y < picture.height && x + width > 0 && y + height > 0;
  if (!isInside) {
    throw new CliError(
      'usage',
      `predict: the box ${box.join(',')} lies outside of the picture, which is ${picture.width} wide and ${picture.height} high.`,
    );
  }
  const person: PersonLabel = { id: index + 1, box, keypoints: [], areaPx2: width * height, isCrowd: false, labelledJoints: 0, score: 1 };
  return { ...picture, persons: [person] };
}
