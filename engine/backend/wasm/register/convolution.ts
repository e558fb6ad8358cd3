/** Convolutions, dense, grouped and depthwise, and their gradients. */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { WindowGeometry } from '../../ops/window.ts';
import type { WasmHeap } from '../heap.ts';
import { sizeOf } from '../heap.ts';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';

interface ConvAttrs {
  readonly geometry: WindowGeometry;
  readonly groups: number;
}

export function convolutionKernels(heap: WasmHeap): KernelTable {
  return {
    LabConv2d: (call) => conv2d(heap, input(call, 'x'), input(call, 'kernel'), call.attrs as unknown as ConvAttrs),
    LabConv2dInputGradient: (call) =>
      conv2dInputGradient(heap, input(call, 'dy'), input(call, 'kernel'), call.attrs as unknown as ConvAttrs),
    LabConv2dKernelGradient: (call) =>
      conv2dKernelGradient(heap, input(call, 'x'), input(call, 'dy'), call.attrs as unknown as ConvAttrs & { kernelShape: number[] }),
    LabDepthwiseConv2d: (call) => depthwise(heap, input(call, 'x'), input(call, 'kernel'), geometryOf(call)),
    LabDepthwiseConv2dInputGradient: (call) => depthwiseInputGradient(heap, input(call, 'dy'), input(call, 'kernel'), geometryOf(call)),
    LabDepthwiseConv2dKernelGradient: (call) => depthwiseKernelGradient(heap, input(call, 'x'), input(call, 'dy'), geometryOf(call)),
  };
}

function geometryOf(call: KernelCall): WindowGeometry {
  return call.attrs.geometry as WindowGeometry;
}

/** Bytes of a matrix [rows, columns] packed as panels of eight columns. */
function panelBytes(rows: number, columns: number): number {
  return Math.ceil(columns / 8) * rows * 32;
}

/** Room for a convolution and behind it panels and dense weights: their addresses. */
function convRoom(
  heap: WasmHeap,
  columns: number,
  outChannels: number,
  panels: number,
  denseFloats: number,
): { room: number; panels: number; dense: number } {
  const own = Math.ceil(heap.kernels.conv2dRoomBytes(columns, outChannels) / 16) * 16;
  const room = heap.room(own + panels + denseFloats * 4);
  return { room, panels: room + own, dense: room + own + panels };
}

/** The weights as dense ones [taps, channels, outChannels]: where they lie, or written to `dense` when there are groups. */
function denseWeights(heap: WasmHeap, kernel: TensorInfo, groups: number, dense: number): number {
  const at = heap.at(kernel);
  if (groups === 1) return at;
  const [kernelHeight, kernelWidth, groupChannels, outChannels] = kernel.shape as [number, number, number, number];
  heap.kernels.expandGroups(at, dense, kernelHeight * kernelWidth, groupChannels, outChannels, groups);
  return dense;
}

function conv2d(heap: WasmHeap, x: TensorInfo, kernel: TensorInfo, { geometry: g, groups }: ConvAttrs): TensorInfo {
  const outChannels = kernel.shape[3]!;
  const columns = g.kernelHeight * g.kernelWidth * g.channels;
  const y = heap.create([g.batch, g.outHeight, g.outWidth, outChannels]);
  const { room, panels, dense } = convRoom(
    heap,
    columns,
    outChannels,
    panelBytes(columns, outChannels),
    groups === 1 ? 0 : columns * outChannels,
  );
  const weights = denseWeights(heap, kernel, groups, dense);
  heap.kernels.packPanels(weights, outChannels * 4, 4, columns, outChannels, panels);
  heap.kernels.conv2d(
    heap.at(x),
    panels,
    heap.at(y),
    g.batch,
    g.height,
    g.width,
    g.channels,
    g.kernelHeight,
    g.kernelWidth,
    g.strideHeight,
    g.strideWidth,
    g.dilationHeight,
    g.dilationWidth,
    g.padTop,
    g.padLeft,
    g.outHeight,
    g.outWidth,
    outChannels,
    room,
  );
  return y;
}

/**
 * With stride 1: a convolution of dy by the weights turned round. Else: products that are added at the places of their patches.
 */
function conv2dInputGradient(heap: WasmHeap, dy: TensorInfo, kernel: TensorInfo, { geometry: g, groups }: ConvAttrs): TensorInfo {
  const outChannels = kernel.shape[3]!;
  const taps = g.kernelHeight * g.kernelWidth;
  const columns = taps * g.channels;
  const dx = heap.create([g.batch, g.height, g.width, g.channels]);
  const padTop = (g.kernelHeight - 1) * g.dilationHeight - g.padTop;
  const padLeft = (g.kernelWidth - 1) * g.dilationWidth - g.padLeft;
  const denseFloats = groups === 1 ? 0 : columns * outChannels;
  if (g.strideHeight === 1 && g.strideWidth === 1 && padTop >= 0 && padLeft >= 0) {
    const { room, panels, dense } = convRoom(heap, taps * outChannels, g.channels, panelBytes(taps * outChannels, g.channels), denseFloats);
    heap.kernels.packTurned(denseWeights(heap, kernel, groups, dense), taps, g.channels, outChannels, panels);
    heap.kernels.conv2d(
      heap.at(dy),
      panels,
      heap.at(dx),
      g.batch,
      g.outHeight,
      g.outWidth,
      outChannels,
      g.kernelHeight,
      g.kernelWidth,
      1,
      1,
      g.dilationHeight,
      g.dilationWidth,
      padTop,
      padLeft,
      g.height,
      g.width,
      g.channels,
      room,
    );
    return dx;
  }
  const { room, panels, dense } = convRoom(heap, columns, outChannels, panelBytes(outChannels, columns), denseFloats);
  heap.kernels.packPanels(denseWeights(heap, kernel, groups, dense), 4, outChannels * 4, outChannels, columns, panels);
  heap.view(heap.at(dx), sizeOf(dx.shape)).fill(0);
  heap.kernels.conv2dInputScatter(
    heap.at(dy),
    panels,
    heap.at(dx),
    g.batch,
    g.height,
    g.width,
    g.channels,
    g.kernelHeight,
    g.kernelWidth,
    g.strideHeight,
    g.strideWidth,
    g.dilationHeight,
    g.dilationWidth,
    g.padTop,
    g.padLeft,
    g.outHeight,
    g.outWidth,
    outChannels,
    room,
  );
  return dx;
}

function conv2dKernelGradient(
  heap: WasmHeap,
  x: TensorInfo,
  dy: TensorInfo,
  { geometry: g, groups, kernelShape }: ConvAttrs & { readonly kernelShape: readonly number[] },
): TensorInfo {
  const outChannels = kernelShape[3]!;
  const columns = g.kernelHeight * g.kernelWidth * g.channels;
  const result = heap.create(kernelShape);
  const { room, dense } = convRoom(heap, columns, outChannels, 0, groups === 1 ? 0 : columns * outChannels);
  heap.kernels.conv2dKernelGradient(
    heap.at(x),
    heap.at(dy),
    groups === 1 ? heap.at(result) : dense,
    g.batch,
    g.height,
    g.width,
    g.channels,
    g.kernelHeight,
    g.kernelWidth,
    g.strideHeight,
    g.strideWidth,
    g.dilationHeight,
    g.dilationWidth,
    g.padTop,
    g.padLeft,
    g.outHeight,
    g.outWidth,
    outChannels,
    room,
  );
  if (groups > 1) heap.kernels.collectGroups(dense, heap.at(result), g.kernelHeight * g.kernelWidth, kernelShape[2]!, outChannels, groups);
  return result;
}

/** Room for the weights or sums of the taps, a plane that the window covers, and one of the output's size; each four times. */
function depthwiseRoom(
  heap: WasmHeap,
  g: WindowGeometry,
  outHeight: number,
  outWidth: number,
  strideHeight: number,
  strideWidth: number,
): number {
  const planeHeight = (outHeight - 1) * strideHeight + (g.kernelHeight - 1) * g.dilationHeight + 1;
  const planeWidth = (outWidth - 1) * strideWidth + (g.kernelWidth - 1) * g.dilationWidth + 1;
  return heap.room(64 * (g.kernelHeight * g.kernelWidth + planeHeight * planeWidth + outHeight * outWidth));
}

function depthwise(heap: WasmHeap, x: TensorInfo, kernel: TensorInfo, g: WindowGeometry): TensorInfo {
  const y = heap.create([g.batch, g.outHeight, g.outWidth, g.channels]);
  const room = depthwiseRoom(heap, g, g.outHeight, g.outWidth, g.strideHeight, g.strideWidth);
  heap.kernels.depthwise(
    heap.at(x),
    heap.at(kernel),
    heap.at(y),
    g.batch,
    g.height,
    g.width,
    g.channels,
    g.kernelHeight,
    g.kernelWidth,
    g.strideHeight,
    g.strideWidth,
    g.dilationHeight,
    g.dilationWidth,
    g.padTop,
    g.padLeft,
    1,
    1,
    g.outHeight,
    g.outWidth,
    0,
    room,
  );
  return y;
}

/** dy with stride - 1 zeros between its pixels, convolved by the weights turned round. */
function depthwiseInputGradient(heap: WasmHeap, dy: TensorInfo, kernel: TensorInfo, g: WindowGeometry): TensorInfo {
  const dx = heap.create([g.batch, g.height, g.width, g.channels]);
  const room = depthwiseRoom(heap, g, g.height, g.width, 1, 1);
  heap.kernels.depthwise(
    heap.at(dy),
    heap.at(kernel),
    heap.at(dx),
    g.batch,
    g.outHeight,
    g.outWidth,
    g.channels,
    g.kernelHeight,
    g.kernelWidth,
    1,
    1,
    g.dilationHeight,
    g.dilationWidth,
    (g.kernelHeight - 1) * g.dilationHeight - g.padTop,
    (g.kernelWidth - 1) * g.dilationWidth - g.padLeft,
    g.strideHeight,
    g.strideWidth,
    g.height,
    g.width,
    1,
    room,
  );
  return dx;
}

function depthwiseKernelGradient(heap: WasmHeap, x: TensorInfo, dy: TensorInfo, g: WindowGeometry): TensorInfo {
  const result = heap.create([g.kernelHeight, g.kernelWidth, g.channels, 1]);
  const room = depthwiseRoom(heap, g, g.outHeight, g.outWidth, g.strideHeight, g.strideWidth);
  heap.kernels.depthwiseKernelGradient(
    heap.at(x),
    heap.at(dy),
    heap.at(result),
    g.batch,
    g.height,
    g.width,
    g.channels,
    g.kernelHeight,
    g.kernelWidth,
    g.strideHeight,
    g.strideWidth,
    g.dilationHeight,
    g.dilationWidth,
    g.padTop,
    g.padLeft,
    g.outHeight,
    g.outWidth,
    room,
  );
  return result;
}
