/** Convolutions by the library's shaders; groups, and the gradients of dilated ones, which it does not have, are summed tap by tap. */
import { matMul, reshape } from '@tensorflow/tfjs';
import type { Tensor4D, TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';
import { conv2dByTaps } from '../../ops/conv2d.ts';
import { depthwiseByTaps } from '../../ops/depthwise-conv2d.ts';
import type { WindowGeometry } from '../../ops/window.ts';
import { runLibraryKernel } from '../library.ts';
import type { LibraryBackend } from '../library.ts';
import { longSum, withSmallTiles } from '../long-sums.ts';
import { composed } from './composed.ts';

export function convolutionKernels(backend: LibraryBackend): KernelTable {
  return {
    LabConv2d: (call) => {
      const { g, groups } = attributesOf(call);
      const [x, kernel] = [input(call, 'x'), input(call, 'kernel')];
      if (groups > 1) {
        return composed(backend, [x, kernel], ([x, kernel]) => conv2dByTaps.forward(x as Tensor4D, kernel as Tensor4D, g, groups));
      }
      const run = (): TensorInfo => runLibraryKernel(backend, 'Conv2D', { x, filter: kernel }, windowAttributes(g));
      return isOneLongProduct(g) ? withSmallTiles(run) : run();
    },
    LabConv2dInputGradient: (call) => {
      const { g, groups } = attributesOf(call);
      const [dy, kernel] = [input(call, 'dy'), input(call, 'kernel')];
      if (groups > 1 || isDilated(g)) {
        return composed(backend, [dy, kernel], ([dy, kernel]) => conv2dByTaps.inputGradient(dy as Tensor4D, kernel as Tensor4D, g, groups));
      }
      const attributes = { ...windowAttributes(g), inputShape: [g.batch, g.height, g.width, g.channels] };
      return runLibraryKernel(backend, 'Conv2DBackpropInput', { dy, filter: kernel }, attributes);
    },
    LabConv2dKernelGradient: (call) => {
      const { g, groups } = attributesOf(call);
      const [dy, x] = [input(call, 'dy'), input(call, 'x')];
      const kernelShape = call.attrs['kernelShape'] as Tensor4D['shape'];
      if (groups > 1 || isDilated(g)) {
        return composed(backend, [dy, x], ([dy, x]) => conv2dByTaps.kernelGradient(dy as Tensor4D, x as Tensor4D, kernelShape, g, groups));
      }
      if (isPointwise(g)) {
        return composed(backend, [dy, x], ([dy, x]) => {
          const product = matMul(reshape(x!, [-1, g.channels]), reshape(dy!, [-1, kernelShape[3]]), true, false);
          return reshape(product, kernelShape);
        });
      }
      return runLibraryKernel(backend, 'Conv2DBackpropFilter', { x, dy }, { ...windowAttributes(g), filterShape: kernelShape });
    },
    LabDepthwiseConv2d: (call) =>
      runLibraryKernel(
        backend,
        'DepthwiseConv2dNative',
        { x: input(call, 'x'), filter: input(call, 'kernel') },
        windowAttributes(geometryOf(call)),
      ),
    LabDepthwiseConv2dInputGradient: (call) => {
      const g = geometryOf(call);
      const [dy, kernel] = [input(call, 'dy'), input(call, 'kernel')];
      if (isDilated(g)) {
        return composed(backend, [dy, kernel], ([dy, kernel]) => depthwiseByTaps.inputGradient(dy as Tensor4D, kernel as Tensor4D, g));
      }
      const attributes = { ...windowAttributes(g), inputShape: [g.batch, g.height, g.width, g.channels] };
      return runLibraryKernel(backend, 'DepthwiseConv2dNativeBackpropInput', { dy, filter: kernel }, attributes);
    },
    LabDepthwiseConv2dKernelGradient: (call) => {
      const g = geometryOf(call);
      const [dy, x] = [input(call, 'dy'), input(call, 'x')];
      if (isDilated(g)) {
        return composed(backend, [dy, x], ([dy, x]) => depthwiseByTaps.kernelGradient(dy as Tensor4D, x as Tensor4D, g));
      }
      const attributes = { ...windowAttributes(g), filterShape: [g.kernelHeight, g.kernelWidth, g.channels, 1] };
      return runLibraryKernel(backend, 'DepthwiseConv2dNativeBackpropFilter', { x, dy }, attributes);
    },
  };
}

function attributesOf(call: KernelCall): { readonly g: WindowGeometry; readonly groups: number } {
  return { g: geometryOf(call), groups: call.attrs['groups'] as number };
}

function geometryOf(call: KernelCall): WindowGeometry {
  return call.attrs['geometry'] as WindowGeometry;
}

function isDilated(g: WindowGeometry): boolean {
  return g.dilationHeight > 1 || g.dilationWidth > 1;
}

/** Every position of the map by itself. */
function isPointwise(g: WindowGeometry): boolean {
  return g.kernelHeight * g.kernelWidth === 1 && g.outHeight === g.height && g.outWidth === g.width && g.padTop + g.padLeft === 0;
}

/** The library may make one matrix product of it: one image, or windows that cover a whole map. */
function isOneLongProduct(g: WindowGeometry): boolean {
  return (g.batch === 1 || g.outHeight * g.outWidth === 1) && g.kernelHeight * g.kernelWidth * g.channels >= longSum;
}

function windowAttributes(g: WindowGeometry): object {
  return {
    strides: [g.strideHeight, g.strideWidth],
    pad: [
      [0, 0],
      [g.padTop, g.padBottom],
      [g.padLeft, g.padRight],
      [0, 0],
    ],
    dataFormat: 'NHWC',
    dilations: [g.dilationHeight, g.dilationWidth],
    dimRoundingMode: 'floor',
  };
}
