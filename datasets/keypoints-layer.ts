import { asKeypoints } from './assemble-keypoints.ts';
import { datasetKind } from './catalog.ts';
import { encodePng } from './decode/png-encode.ts';
import type { KeypointsItemRef } from './keypoints-source.ts';
import type { PictureLayer, RenderJob } from './picture-job.ts';
import { blend, layerSize } from './picture-layers.ts';
import { pngOfRgb, scaledRgb } from './picture-output.ts';
import { keypointsLayer } from './render-keypoints.ts';
import { DatasetError } from './source.ts';

/** Layers of a picture with persons, as PNG. Throws DatasetError 'no-labels', 'no-prediction' and, for layers of classes, 'no-class-layer'. */
export async function renderKeypointsLayer(
  ref: KeypointsItemRef,
  layer: PictureLayer,
  { width, persons, opacity = 1 }: Pick<RenderJob, 'width' | 'persons' | 'opacity'>,
): Promise<Uint8Array> {
  const size = layerSize(ref, width);
  switch (layer) {
    case 'image':
    case 'overlay': {
      const sample = asKeypoints(await datasetKind(ref.kind).readItem(ref));
      const rgb = await scaledRgb(sample, width);
      if (layer === 'overlay') blend(rgb, keypointsLayer(ref, size), opacity);
      return pngOfRgb(rgb, size);
    }
    case 'labels':
      return encodePng({ ...size, channels: 4, data: keypointsLayer(ref, size) });
    case 'prediction':
      if (persons === undefined) throw new DatasetError('no-prediction', `picture ${ref.key}: no prediction was named`);
      return encodePng({ ...size, channels: 4, data: keypointsLayer(ref, size, { hasLabels: false, predictions: persons }) });
    case 'errors':
      if (persons === undefined) throw new DatasetError('no-prediction', `picture ${ref.key}: no prediction was named`);
      return encodePng({ ...size, channels: 4, data: keypointsLayer(ref, size, { hasBoxes: false, predictions: persons }) });
    case 'ids':
    case 'prediction-ids':
      throw new DatasetError('no-class-layer', `picture ${ref.key} has joints, not classes of pixels`);
  }
}
