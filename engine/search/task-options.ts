import type { TaskOptions } from '../tasks/create-task.ts';
import type { SearchConfig } from './config.ts';

/** What the networks of a search are trained and judged for; `channels` are those of their output. */
export function taskOptions({ data }: Pick<SearchConfig, 'data'>, channels: number): TaskOptions {
  if (data.kind === 'segmentation') return { kind: 'segmentation', classes: channels, ...data.loss };
  const { lossFactor, flipTest, visibleThreshold, nmsThreshold } = data;
  return { kind: 'keypoints', joints: channels, lossFactor, flipTest, visibleThreshold, nmsThreshold };
}
