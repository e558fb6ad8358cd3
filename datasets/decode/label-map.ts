import { DatasetError } from '../source.ts';
import { decodePng, type PngDecodeOptions } from './png-decode.ts';

/** Indices of a label picture (grey values or palette indices), never its colours. [height, width] */
export interface LabelMap {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** 8-bit label ids. Throws DatasetError 'label-rgb' or 'label-16bit' besides what decodePng throws. */
export function decodeLabelMap(bytes: Uint8Array, options: PngDecodeOptions = {}): LabelMap {
  const png = decodePng(bytes, options);
  if (png.channels !== 1) {
    throw new DatasetError('label-rgb', `is a colour picture with ${png.channels} channels; expected one channel of label ids`, {
      tip: 'Choose the files with ids (for Cityscapes: _gtFine_labelIds.png), not the coloured ones.',
    });
  }
  if (png.data8 === undefined) {
    throw new DatasetError('label-16bit', 'has 16 bits a pixel; expected 8-bit label ids', {
      tip: 'Choose the label ids, not the instance ids.',
    });
  }
  return { width: png.width, height: png.height, values: png.data8 };
}

/** 16-bit instance ids. [height, width] Throws DatasetError 'instance-8bit' or 'label-rgb'. */
export function decodeInstanceMap(
  bytes: Uint8Array,
  options: PngDecodeOptions = {},
): { readonly width: number; readonly height: number; readonly values: Uint16Array } {
  const png = decodePng(bytes, options);
  if (png.channels !== 1) {
    throw new DatasetError('label-rgb', `is a colour picture with ${png.channels} channels; expected one channel of instance ids`);
  }
  if (png.data16 === undefined) {
    throw new DatasetError('instance-8bit', 'has 8 bits a pixel; expected 16-bit instance ids', {
      tip: 'It was saved again with 8 bits and lost its object numbers; take the original instanceIds files.',
    });
  }
  return { width: png.width, height: png.height, values: png.data16 };
}
