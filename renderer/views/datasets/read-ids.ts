/** Train ids of every pixel. */
export interface IdPicture {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** Reads a grey picture whose grey is an id; undefined when it is not there. No colour management: the values must stay as they are. */
export async function readIds(address: string): Promise<IdPicture | undefined> {
  const response = await fetch(address, { credentials: 'same-origin' }).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) return undefined;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, values: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i] ?? 255) };
}
