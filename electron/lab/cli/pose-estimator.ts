import type { Architecture } from '../../../engine/spaces/search-space.ts';
import { poseSettingsOf, publishedPoseSettings, type PoseSettings } from '../../compute/tasks/pose-settings.ts';
import { taskOfArchitecture } from '../evaluation/subject.ts';
import { inputShape, resolveArchitecture } from './architecture-argument.ts';
import { CliError } from './failure.ts';
import { weightsFileOf } from './network.ts';
import type { Session } from './session.ts';

/** A network of key points as the arguments of a command name it. */
export interface PoseArguments {
  readonly arch: Architecture;
  /** Path of a safetensors file, or 'fill'. */
  readonly weights: string;
  readonly pose: PoseSettings;
}

const JOINTS = 17;

/**
 * `size` [height, width] is that of a person's crop: by default what a trial was evaluated at, else as published. A trial is shown persons as in
 * its search. Throws CliError 'wrong-task' for anything but the 17 joints of COCO.
 */
export async function resolvePose(
  session: Session,
  archText: string,
  weightsText: string | undefined,
  size: readonly [number, number] | undefined,
): Promise<PoseArguments> {
  const resolved = await resolveArchitecture(session, archText);
  const { task = 'another task', classes = 0 } = taskOfArchitecture(resolved.arch);
  if (task !== 'keypoints' || classes !== JOINTS) {
    const what = classes === 0 ? task : `${task} with ${classes} ${task === 'keypoints' ? 'joints' : 'classes'}`;
    throw new CliError('wrong-task', `The network is for ${what}; persons are looked at by networks for the ${JOINTS} joints of COCO.`);
  }
  const [height = 0, width = 0] = inputShape(resolved, size);
  const searched = resolved.trial === undefined ? undefined : (await (await session.lab()).experiment(resolved.trial.experiment)).config;
  return {
    arch: resolved.arch,
    weights: await weightsFileOf(session, resolved, weightsText),
    pose: { ...publishedPoseSettings, ...poseSettingsOf(searched), inputSize: [height, width] },
  };
}
