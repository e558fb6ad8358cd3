import { EngineError } from '../error.ts';
import type { KeypointsTruth } from '../metrics/keypoints-truth.ts';
import type { KeypointsBatch, Task } from './task.ts';

export interface KeypointsOptions {
  readonly joints: number;
  /** Half of the mean squared error (HRNet, HR-NAS) or all of it (mmpose, Lite-HRNet). */
  readonly lossFactor: 0.5 | 1;
  /** Heat maps of a person and of its mirror image are averaged, those shifted by one pixel. */
  readonly flipTest: boolean;
  /** Joints below it do not count in a person's score. */
  readonly visibleThreshold: number;
  /** Of two persons that are more alike than this the worse one is dropped. */
  readonly nmsThreshold: number;
}

export function keypointsTask(_options: KeypointsOptions, _truth?: KeypointsTruth): Task<KeypointsBatch> {
  throw new EngineError('not-built', 'key points');
}
