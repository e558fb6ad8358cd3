/** TensorFlow.js's backend class for native TensorFlow (tfjs-node-gpu's kernels) on our addon, and ops called by their own names. */
import { createRequire } from 'node:module';
import { engine, registerBackend } from '@tensorflow/tfjs';
import type { DataType, KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { tensorFor } from '../internals.ts';
import { currentScope } from '../scope.ts';
import type { NativeAttribute, NativeTensor } from './binding.ts';
import { capturedTensor } from './recorder.ts';
import type { Recorder } from './recorder.ts';
import { TensorMap } from './tensor-map.ts';
import type { TensorData } from './tensor-map.ts';

/** What is used of tfjs-node-gpu's class (4.22.0, pinned). */
export interface NativeKernelBackend extends KernelBackend {
  readonly binding: Recorder;
  tensorMap: TensorMap;
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
}

const require = createRequire(import.meta.url);

/** Registers the kernels and the backend 'tensorflow'; once a process. */
export function registerNativeBackend(recorder: Recorder): NativeKernelBackend {
  // The kernels call a function that Node has dropped, and one that it warns of.
  const utilities = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean; isArray: (value: unknown) => boolean };
  utilities.isNullOrUndefined ??= (value): boolean => value === null || value === undefined;
  utilities.isArray = Array.isArray;
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: new (binding: Recorder, name: string) => NativeKernelBackend;
  };
  const native = new NodeJSKernelBackend(recorder, 'tensorflow');
  const mover = engine() as unknown as { moveData(backend: KernelBackend, dataId: object): void };
  native.tensorMap = new TensorMap((dataId) => mover.moveData(native, dataId));
  refuseLateValues(native);
  registerBackend('tensorflow', () => native);
  return native;
}

/**
 * Values stay in JavaScript until an op needs them. Those from before a trace must not become constants of its graph: that would freeze
 * them unseen.
 */
function refuseLateValues(native: NativeKernelBackend): void {
  const { binding, tensorMap } = native;
  const writtenIn = new WeakMap<object, object>();
  const { write, getInputTensorIds } = native;
  native.write = (values, shape, dtype): object => {
    const dataId = write.call(native, values, shape, dtype);
    if (binding.trace) writtenIn.set(dataId, binding.trace);
    return dataId;
  };
  native.getInputTensorIds = (tensors): number[] => {
    const { trace } = binding;
    const isLate = ({ dataId }: TensorInfo): boolean =>
      tensorMap.has(dataId) && isHere(tensorMap.get(dataId)) && writtenIn.get(dataId) !== trace;
    if (trace && tensors.some(isLate)) throw capturedTensor();
    try {
      return getInputTensorIds.call(native, tensors);
    } catch (cause) {
      const gone = tensors.find(({ dataId }) => !tensorMap.has(dataId));
      throw gone ? disposedTensor(gone, cause) : cause;
    }
  };
}

function disposedTensor({ shape, dtype }: TensorInfo, cause: unknown): EngineError {
  const where = currentScope() || 'an op';
  return new EngineError('disposed-tensor', `${where} reads a tensor that was disposed: ${dtype} [${shape.join(', ')}].`, { cause });
}

/** Whether the values have not been given to TensorFlow yet. */
function isHere({ values }: TensorData): boolean {
  return values !== null && values !== undefined;
}

/** Calls TensorFlow's ops by name. Results are plain infos: whoever calls wraps or releases them. */
export class NativeOps {
  readonly backend: NativeKernelBackend;
  readonly attr: AttributeMaker;
  /** TensorFlow's numbers of the types that are used here. */
  readonly #codes: Readonly<Partial<Record<DataType, number>>>;
  readonly #names: readonly (DataType | undefined)[];

  constructor(backend: NativeKernelBackend) {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = backend.binding;
    this.backend = backend;
    this.attr = attributeMaker(backend.binding);
    this.#codes = { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL };
    const names: DataType[] = [];
    for (const [name, code] of Object.entries(this.#codes)) names[code] = name as DataType;
    this.#names = names;
  }

  run(name: string, inputs: readonly TensorInfo[], attributes: readonly NativeAttribute[] = []): TensorInfo {
    return this.runAll(name, inputs, attributes, 1)[0]!;
  }

  runAll(name: string, inputs: readonly TensorInfo[], attributes: readonly NativeAttribute[], outputs: number): TensorInfo[] {
    const ids = this.backend.getInputTensorIds(inputs);
    return this.backend.binding.executeOp(name, attributes, ids, outputs).map((tensor) => this.adopt(tensor));
  }

  /** Makes a tensor of TensorFlow's known to TensorFlow.js. */
  adopt({ id, shape, dtype }: NativeTensor): TensorInfo {
    const dataId = {};
    this.backend.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
    return { dataId, shape, dtype: this.#dtypeName(dtype) };
  }

  /** Constant values: float32 unless said otherwise. Inside of a trace a constant of the graph. */
  constant(
    values: readonly number[] | Float32Array | Int32Array,
    shape: readonly number[],
    dtype: 'float32' | 'int32' = 'float32',
  ): TensorInfo {
    const { binding } = this.backend;
    const typed = dtype === 'float32' ? new Float32Array(values) : new Int32Array(values);
    const code = this.dtypeOf(dtype);
    return this.adopt({ id: binding.createTensor(shape, code, typed), shape: [...shape], dtype: code });
  }

  /** The same values in another shape; nothing is copied. */
  reshape(x: TensorInfo, shape: readonly number[]): TensorInfo {
    const attributes = [this.attr.type('T', this.dtypeOf(x.dtype)), this.attr.type('Tshape', this.dtypeOf('int32'))];
    return this.withInts(shape, (list) => this.run('Reshape', [x, list], attributes));
  }

  /** Runs `f` with an int32 list, as TensorFlow's ops take sizes, axes and paddings. */
  withInts<T>(values: readonly number[], f: (list: TensorInfo) => T, shape: readonly number[] = [values.length]): T {
    const list = this.constant(values, shape, 'int32');
    try {
      return f(list);
    } finally {
      this.release(list);
    }
  }

  /** Runs `f` with an empty tensor [...shape, 0], from whose shape the addon's ops learn the size of their result. */
  withSize<T>(shape: readonly number[], f: (size: TensorInfo) => T): T {
    const size = this.constant([], [...shape, 0]);
    try {
      return f(size);
    } finally {
      this.release(size);
    }
  }

  release(...tensors: readonly TensorInfo[]): void {
    for (const { dataId } of tensors) this.backend.disposeData(dataId);
  }

  /** A second handle on the same values. */
  share({ dataId, shape, dtype }: TensorInfo): TensorInfo {
    this.backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** A tensor of TensorFlow.js's on the same values; the caller disposes it. */
  handle(info: TensorInfo): Tensor {
    return tensorFor(this.share(info));
  }

  /** The id of a tensor's values on TensorFlow's side. */
  idOf(tensor: TensorInfo): number {
    return this.backend.getInputTensorIds([tensor])[0]!;
  }

  dtypeOf(dtype: DataType): number {
    const code = this.#codes[dtype];
    if (code === undefined) throw new TypeError(`native TensorFlow: tensors of type ${dtype} are not used here`);
    return code;
  }

  #dtypeName(code: number): DataType {
    const name = this.#names[code];
    if (name === undefined) throw new TypeError(`native TensorFlow: an op gave values of type ${code}`);
    return name;
  }
}

export interface AttributeMaker {
  type(name: string, value: number): NativeAttribute;
  float(name: string, value: number): NativeAttribute;
  int(name: string, value: number | readonly number[]): NativeAttribute;
  bool(name: string, value: boolean): NativeAttribute;
  text(name: string, value: string): NativeAttribute;
}

function attributeMaker(binding: Recorder): AttributeMaker {
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_INT, TF_ATTR_BOOL, TF_ATTR_STRING } = binding;
  return {
    type: (name, value) => ({ name, type: TF_ATTR_TYPE, value }),
    float: (name, value) => ({ name, type: TF_ATTR_FLOAT, value }),
    int: (name, value) => ({ name, type: TF_ATTR_INT, value }),
    bool: (name, value) => ({ name, type: TF_ATTR_BOOL, value }),
    text: (name, value) => ({ name, type: TF_ATTR_STRING, value }),
  };
}
