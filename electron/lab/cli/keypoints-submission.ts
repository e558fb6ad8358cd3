import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openDataset } from '../../../datasets/catalog.ts';
import { detectCocoRoot } from '../../../datasets/coco-keypoints/layout.ts';
import { submissionName, zipOf } from '../../../datasets/coco-keypoints/submission.ts';
import { asKeypointsSource } from '../../../datasets/keypoints-source.ts';
import { suppressAlikeByPicture } from '../../../engine/metrics/keypoints-nms.ts';
import { cocoResult } from '../../compute/tasks/coco-result.ts';
import { predictPersons } from '../../compute/tasks/predict-persons.ts';
import { resultsText } from '../evaluation/results.ts';
import { cancellable } from './cancellable.ts';
import { CliError } from './failure.ts';
import { writeFileWhole } from './files.ts';
import { bytesText, durationText, shellWord } from './format.ts';
import { openChosenBackend } from './network.ts';
import { resolvePose } from './pose-estimator.ts';
import { Progress } from './progress.ts';
import type { CommandResult, Session } from './session.ts';
import type { SubmissionOptions } from './submission.ts';

/** In the names of the files. */
const resultName = 'paretoscope';

/** Predicts the persons in the boxes of a split and writes COCO's result file, and the zip file that its server takes. */
export async function keypointsSubmission(session: Session, options: SubmissionOptions): Promise<CommandResult> {
  const { out, data, split = 'test', boxes } = options;
  const dataset = await (await session.lab()).dataset(data);
  if (dataset.kind !== 'coco-keypoints') {
    throw new CliError('wrong-kind', `submission coco-keypoints: ${dataset.name} is of kind ${dataset.kind}.`);
  }
  const layout = await detectCocoRoot(dataset.root);
  const file = submissionName(layout?.splits.find((own) => own.split === split)?.set ?? split, resultName);
  const [json, zip] = [join(out, file), join(out, file.replace(/json$/, 'zip'))];
  if (options.force !== true && [json, zip].some((path) => existsSync(path))) {
    throw new CliError('file-exists', `submission: ${json} or its zip file exists already.`, {
      tip: 'Choose another folder, or replace them with --force.',
    });
  }
  const network = await resolvePose(session, options.arch, options.weights, options.size);
  const source = asKeypointsSource(await openDataset(dataset.root, dataset.kind));
  const progress = new Progress(session.output, 'persons');
  const began = performance.now();
  try {
    const backend = await openChosenBackend(session);
    const input = {
      ...network,
      dataset: { root: dataset.root, kind: dataset.kind },
      split,
      ...(boxes === undefined ? {} : { boxes: existsSync(boxes) ? resolve(boxes) : boxes }),
    };
    const { poses, persons } = await cancellable(session, 'Cut off; nothing was written.', (signal) =>
      predictPersons(source, input, { backend, signal, progress: (done, total = done) => progress.update(done, total) }),
    );
    const results = suppressAlikeByPicture(poses, network.pose.nmsThreshold).map(cocoResult);
    const content = Buffer.from(resultsText(results));
    writeFileWhole(json, content);
    writeFileWhole(zip, zipOf(file, content));
    const seconds = (performance.now() - began) / 1000;
    return {
      document: {
        kind: 'coco-keypoints',
        folder: out,
        split,
        files: [json, zip],
        persons,
        results: results.length,
        backend: backend.id,
        seconds,
      },
      text: `wrote ${results.length} persons of ${split} to ${json}: ${bytesText(content.length)}, ${durationText(seconds)}\n${nextStep(layout?.splits.find((own) => own.split === split)?.annotationFile, split, json, zip)}`,
    };
  } finally {
    progress.end();
    await source.close();
  }
}

/** The labels of test are not public. */
function nextStep(annotations: string | undefined, split: string, json: string, zip: string): string {
  return split === 'test' || annotations === undefined
    ? `Hand it in: ${zip}`
    : `Score it: lab metric coco-keypoints --truth ${shellWord(annotations)} --predictions ${shellWord(json)}`;
}
