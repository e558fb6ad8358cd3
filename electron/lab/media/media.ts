import { StoreError } from '../../../db/store.ts';
import type { LabContext } from '../context.ts';

/** A picture or a point cloud that a page shows by its address: /media/<path>?<query>. */
export interface MediaRequest {
  /** Below /media/, decoded, without a leading slash, one entry a segment. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

export interface MediaAnswer {
  /** 'image/png'. */
  readonly type: string;
  readonly body: Uint8Array;
}

/** StoreError 'unknown-media' for addresses that show nothing; what reading throws as it is. */
export type ServeMedia = (request: MediaRequest) => Promise<MediaAnswer>;

export function createMedia(_context: LabContext): ServeMedia {
  return async ({ path }) => {
    throw new StoreError('unknown-media', `There is nothing to show at /media/${path.join('/')}.`);
  };
}
