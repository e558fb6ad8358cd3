/** Kernels on feature maps: normalisation, activation, resizing, pooling, joining, dropout, loss. */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { Activation } from '../../ops/activation.ts';
import { activations } from '../../ops/activation.ts';
import { dropLimit } from '../../ops/dropout.ts';
import type { Mix } from '../../ops/resize.ts';
import type { WasmHeap } from '../heap.ts';
import { lastOf, sizeOf } from '../heap.ts';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';

export function mapKernels(heap: WasmHeap): KernelTable {
  return { ...normKernels(heap), ...pointwiseKernels(heap), ...spatialKernels(heap), ...lossKernels(heap) };
}

function kindOf(call: KernelCall): number {
  return activations.indexOf(call.attrs.kind as Activation);
}

function normKernels(heap: WasmHeap): KernelTable {
  const { kernels } = heap;
  return {
    LabBatchNormTrain: (call) => {
      const x = input(call, 'x');
      const channels = lastOf(x.shape);
      const [y, mean, variance] = [heap.create(x.shape), heap.create([channels]), heap.create([channels])];
      const room = heap.room(24 * channels + 64);
      kernels.batchNormTrain(
        heap.at(x),
        heap.at(input(call, 'gamma')),
        heap.at(input(call, 'beta')),
        heap.at(y),
        heap.at(mean),
        heap.at(variance),
        sizeOf(x.shape) / channels,
        channels,
        call.attrs.epsilon as number,
        kindOf(call),
        room,
      );
      return [y, mean, variance];
    },
    LabBatchNormTrainGradient: (call) => {
      const x = input(call, 'x');
      const channels = lastOf(x.shape);
      const [dx, dGamma, dBeta] = [heap.create(x.shape), heap.create([channels]), heap.create([channels])];
      const room = heap.room(36 * channels + 128);
      kernels.batchNormGradient(
        heap.at(input(call, 'dy')),
        heap.at(x),
        heap.at(input(call, 'gamma')),
        heap.at(input(call, 'beta')),
        heap.at(input(call, 'mean')),
        heap.at(input(call, 'variance')),
        heap.at(dx),
        heap.at(dGamma),
        heap.at(dBeta),
        sizeOf(x.shape) / channels,
        channels,
        call.attrs.epsilon as number,
        kindOf(call),
        room,
      );
      return [dx, dGamma, dBeta];
    },
    LabBatchNormInference: (call) => {
      const x = input(call, 'x');
      const channels = lastOf(x.shape);
      const y = heap.create(x.shape);
      const room = heap.room(8 * channels + 32);
      kernels.batchNormInference(
        heap.at(x),
        heap.at(input(call, 'mean')),
        heap.at(input(call, 'variance')),
        heap.at(input(call, 'gamma')),
        heap.at(input(call, 'beta')),
        heap.at(y),
        sizeOf(x.shape) / channels,
        channels,
        call.attrs.epsilon as number,
        kindOf(call),
        room,
      );
      return y;
    },
  };
}

function pointwiseKernels(heap: WasmHeap): KernelTable {
  const { kernels } = heap;
  return {
    LabActivation: (call) => {
      const x = input(call, 'x');
      if (kindOf(call) === 0) return heap.share(x);
      const y = heap.create(x.shape);
      kernels.activate(heap.at(x), heap.at(y), sizeOf(x.shape), kindOf(call));
      return y;
    },
    LabActivationGradient: (call) => {
      const [dy, x] = [input(call, 'dy'), input(call, 'x')];
      if (kindOf(call) === 0) return heap.share(dy);
      const dx = heap.create(x.shape);
      kernels.activateGradient(heap.at(dy), heap.at(x), heap.at(dx), sizeOf(x.shape), kindOf(call));
      return dx;
    },
    LabAddN: (call) => {
      const list = Object.values(call.inputs);
      const sum = heap.create(list[0]!.shape);
      const size = sizeOf(sum.shape);
      list.forEach((x, i) => {
        if (i > 0) kernels.addPair(heap.at(i === 1 ? list[0]! : sum), heap.at(x), heap.at(sum), size);
      });
      return sum;
    },
    LabConcat: (call) => {
      const list = Object.values(call.inputs);
      const first = list[0]!;
      const width = list.reduce((total, x) => total + lastOf(x.shape), 0);
      const joined = heap.create([...first.shape.slice(0, -1), width]);
      const rows = sizeOf(joined.shape) / width;
      let to = heap.at(joined);
      for (const x of list) {
        const columns = lastOf(x.shape);
        kernels.copyColumns(heap.at(x), columns, to, width, rows, columns);
        to += columns * 4;
      }
      return joined;
    },
    LabSliceChannels: (call) => {
      const x = input(call, 'x');
      const { start, length } = call.attrs as { readonly start: number; readonly length: number };
      const part = heap.create([...x.shape.slice(0, -1), length]);
      const width = lastOf(x.shape);
      kernels.copyColumns(heap.at(x) + start * 4, width, heap.at(part), length, sizeOf(x.shape) / width, length);
      return part;
    },
    LabDropout: (call) => {
      const x = input(call, 'x');
      const { rate, seed } = call.attrs as { readonly rate: number; readonly seed: number };
      const y = heap.create(x.shape);
      kernels.dropout(heap.at(x), heap.at(y), sizeOf(x.shape), seed, dropLimit(rate), 1 / (1 - rate));
      return y;
    },
  };
}

function spatialKernels(heap: WasmHeap): KernelTable {
  const { kernels } = heap;
  return {
    LabResize: (call) => resize(heap, input(call, 'x'), call.attrs as unknown as ResizeAttrs),
    LabResizeGradient: (call) =>
      resizeGradient(heap, input(call, 'dy'), call.attrs as unknown as ResizeAttrs & { height: number; width: number }),
    LabGlobalAveragePool: (call) => {
      const x = input(call, 'x');
      const [batch, height, width, channels] = x.shape as [number, number, number, number];
      const y = heap.create([batch, channels]);
      kernels.globalAverage(heap.at(x), heap.at(y), batch, height * width, channels);
      return y;
    },
    LabGlobalAveragePoolGradient: (call) => {
      const dy = input(call, 'dy');
      const [batch, channels] = dy.shape as [number, number];
      const { height, width } = call.attrs as { readonly height: number; readonly width: number };
      const dx = heap.create([batch, height, width, channels]);
      kernels.globalAverageGradient(heap.at(dy), heap.at(dx), batch, height * width, channels);
      return dx;
    },
  };
}

interface ResizeAttrs {
  readonly rows: readonly Mix[];
  readonly columns: readonly Mix[];
}

const mixBytes = 12;

/** Room for one row of floats, then both lists of mixes: their addresses. */
function layMixes(heap: WasmHeap, { rows, columns }: ResizeAttrs, rowFloats: number): { room: number; rows: number; columns: number } {
  const rowBytes = Math.ceil(rowFloats / 4) * 16;
  const room = heap.room(rowBytes + (rows.length + columns.length) * mixBytes);
  const count = rows.length + columns.length;
  const whole = heap.viewInt32(room + rowBytes, count * 3);
  const shares = heap.view(room + rowBytes, count * 3);
  [...rows, ...columns].forEach(({ low, high, share }, i) => {
    whole[i * 3] = low;
    whole[i * 3 + 1] = high;
    shares[i * 3 + 2] = share;
  });
  return { room, rows: room + rowBytes, columns: room + rowBytes + rows.length * mixBytes };
}

function resize(heap: WasmHeap, x: TensorInfo, attrs: ResizeAttrs): TensorInfo {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [outHeight, outWidth] = [attrs.rows.length, attrs.columns.length];
  const y = heap.create([batch, outHeight, outWidth, channels]);
  const { room, rows, columns } = layMixes(heap, attrs, width * channels);
  heap.kernels.mixRows(heap.at(x), heap.at(y), batch, height, width, channels, outHeight, outWidth, rows, columns, room);
  return y;
}

function resizeGradient(
  heap: WasmHeap,
  dy: TensorInfo,
  attrs: ResizeAttrs & { readonly height: number; readonly width: number },
): TensorInfo {
  const [batch, outHeight, outWidth, channels] = dy.shape as [number, number, number, number];
  const { height, width } = attrs;
  const dx = heap.create([batch, height, width, channels]);
  const { room, rows, columns } = layMixes(heap, attrs, width * channels);
  heap.kernels.mixGradient(heap.at(dy), heap.at(dx), batch, height, width, channels, outHeight, outWidth, rows, columns, room);
  return dx;
}

function lossKernels(heap: WasmHeap): KernelTable {
  const { kernels } = heap;
  return {
    LabCrossEntropy: (call) => {
      const [logits, labels] = [input(call, 'logits'), input(call, 'labels')];
      const [rows, classes] = logits.shape as [number, number];
      const { ignoreLabel, smoothing, meanOverValid } = call.attrs as {
        readonly ignoreLabel: number;
        readonly smoothing: number;
        readonly meanOverValid: boolean;
      };
      const [loss, logSums, weight] = [heap.create([]), heap.create([rows]), heap.create([])];
      kernels.crossEntropy(
        heap.at(logits),
        heap.atInt32(labels),
        heap.at(logSums),
        heap.at(loss),
        heap.at(weight),
        rows,
        classes,
        ignoreLabel,
        smoothing,
        Number(meanOverValid),
      );
      return [loss, logSums, weight];
    },
    LabCrossEntropyGradient: (call) => {
      const logits = input(call, 'logits');
      const [rows, classes] = logits.shape as [number, number];
      const { ignoreLabel, smoothing } = call.attrs as { readonly ignoreLabel: number; readonly smoothing: number };
      const dLogits = heap.create(logits.shape);
      kernels.crossEntropyGradient(
        heap.at(input(call, 'dy')),
        heap.at(logits),
        heap.atInt32(input(call, 'labels')),
        heap.at(input(call, 'perRow')),
        heap.at(input(call, 'weight')),
        heap.at(dLogits),
        rows,
        classes,
        ignoreLabel,
        smoothing,
      );
      return dLogits;
    },
  };
}
