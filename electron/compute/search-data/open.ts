import type { DatasetSource } from '../../../datasets/source.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import type { FrozenParts, SearchParts } from '../../../engine/search/parts.ts';
import { openKeypointsData } from './keypoints.ts';
import { openSegmentationData } from './segmentation.ts';

/** What a search reads of its data set; `close` leaves the source open. */
export interface SearchData {
  readonly parts: Pick<SearchParts, 'trainBatch' | 'calibrationBatch' | 'evaluation'>;
  /** What a frozen backbone is shown, where there is one. */
  readonly frozen?: Pick<FrozenParts, 'batch' | 'keys'>;
  close(): Promise<void>;
}

/** Opens the splits of a search. Throws what the task's data asks for, and what opening a split throws; then nothing is left open. */
export function openSearchData(source: DatasetSource, config: SearchConfig): Promise<SearchData> {
  const { data } = config;
  return data.kind === 'segmentation' ? openSegmentationData(source, config, data) : openKeypointsData(source, config, data);
}
