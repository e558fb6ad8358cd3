import { layerSize } from './picture-layers.ts';

/** Interleaved, [height, width, 3]. */
export interface RgbPicture {
  readonly height: number;
  readonly width: number;
  readonly rgb: Uint8Array;
}

/** Averaged over the pixels that fall together, as small pictures of photographs must be. */
export async function scaledRgb(picture: RgbPicture, width: number | undefined): Promise<Uint8Array> {
  const size = layerSize(picture, width);
  if (size.width === picture.width) return Uint8Array.from(picture.rgb);
  const { default: sharp } = await import('sharp');
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  return sharp(picture.rgb, { raw }).resize(size.width, size.height, { fit: 'fill' }).raw().toBuffer();
}

export async function pngOfRgb(
  rgb: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
