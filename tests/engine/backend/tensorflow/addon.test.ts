import { afterEach, describe, expect, it } from 'vitest';
import type { NativeBinding } from '../../../../engine/backend/tensorflow/binding.ts';
import { attribute, float, hasTensorflow, int32, nothing, ofFloat, openAddon } from './addon-fixture.ts';

describe.skipIf(!hasTensorflow)('addon, tensors and eager ops', () => {
  const binding = hasTensorflow ? openAddon() : (undefined as unknown as NativeBinding);
  const made: number[] = [];
  const tensor = (shape: readonly number[], values: readonly number[]): number => {
    const id = binding.createTensor(shape, float, Float32Array.from(values));
    made.push(id);
    return id;
  };
  const execute = (...args: Parameters<NativeBinding['executeOp']>): ReturnType<NativeBinding['executeOp']> => {
    const results = binding.executeOp(...args);
    made.push(...results.map(({ id }) => id));
    return results;
  };
  afterEach(() => {
    for (const id of made.splice(0)) binding.deleteTensor(id);
    expect(binding.counts()).toEqual(nothing);
  });

  it.each([
    ['float32', 'TF_FLOAT', Float32Array.of(1.5, -2, Infinity, 0, 1e-40, 6)],
    ['int32', 'TF_INT32', Int32Array.of(1, -2, 2 ** 31 - 1, 0, 5, 6)],
    ['int64', 'TF_INT64', BigInt64Array.of(1n, -2n, 2n ** 62n, 0n, 5n, 6n)],
    ['bool', 'TF_BOOL', Uint8Array.of(0, 1, 1, 0, 1, 0)],
    ['uint8', 'TF_UINT8', Uint8Array.of(0, 255, 2, 3, 4, 5)],
    ['float16', 'TF_HALF', Uint16Array.of(0x3c00, 1, 2, 3, 4, 5)],
    ['bfloat16', 'TF_BFLOAT16', Uint16Array.of(0x3f80, 1, 2, 3, 4, 5)],
  ] as const)('%s values come back as they went in, in a typed array of their kind', (_, dtype, values) => {
    const id = binding.createTensor([2, 3], binding[dtype], values);
    made.push(id);
    const back = binding.tensorDataSync(id);
    expect(back).toEqual(values);
    back.reverse();
    expect(binding.tensorDataSync(id)).toEqual(values); // what is read is a copy
  });

  it('strings go in as text or bytes and come back as bytes; a tensor may be empty', () => {
    const id = binding.createTensor([2], binding.TF_STRING, ['zwölf', Uint8Array.of(0, 255)]);
    const empty = tensor([0, 3], []);
    made.push(id);
    expect(binding.tensorDataSync(id)).toEqual([new TextEncoder().encode('zwölf'), Uint8Array.of(0, 255)]);
    expect(binding.tensorDataSync(empty)).toEqual(new Float32Array(0));
  });

  it('an op gives id, shape and type of its outputs: a matrix product worked out by hand', () => {
    const a = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    const b = tensor([3, 1], [1, 0, -1]);
    const [product] = execute('MatMul', ofFloat, [a, b], 1);
    expect(product).toMatchObject({ shape: [2, 1], dtype: float });
    expect(binding.tensorDataSync(product!.id)).toEqual(Float32Array.of(-2, -2));
  });

  it('an op with lists of inputs, of outputs and of numbers', () => {
    const x = tensor([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const parts = execute('Unpack', [attribute.int('num', 2), ...ofFloat, attribute.int('axis', 0)], [x], 2);
    const packed = execute('Pack', [attribute.int('N', 2), ...ofFloat, attribute.int('axis', 0)], [parts[1]!.id, parts[0]!.id], 1);
    expect(binding.tensorDataSync(packed[0]!.id)).toEqual(Float32Array.of(7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6));
    const squeezed = execute('Squeeze', [...ofFloat, attribute.int('squeeze_dims', [0, 2])], [tensor([1, 3, 1], [1, 2, 3])], 1);
    expect(squeezed[0]!.shape).toEqual([3]);
  });

  it('values that do not fit are refused with both sizes, the type and the shape', () => {
    const create = (shape: unknown, dtype: number, data: unknown) => (): number => binding.createTensor(shape as number[], dtype, data);
    expect(create([2, 3], float, new Float32Array(5))).toThrow('createTensor float32[2, 3]: expected 24 bytes of values, got 20');
    expect(create([2], float, new Int32Array(2))).toThrow('typed array of another kind');
    expect(create([2], float, [1, 2])).toThrow('expected the values as a typed array');
    expect(create([-1], float, new Float32Array(1))).toThrow('a size is negative');
    expect(create([2 ** 31, 2 ** 31, 4], float, new Float32Array(1))).toThrow('too large');
    expect(create([2 ** 30, 2 ** 30, 4], float, new Float32Array(0))).toThrow('too large');
    expect(create([0.5], float, new Float32Array(0))).toThrow('expected a whole number');
    expect(create('two', float, new Float32Array(2))).toThrow('createTensor: argument 1: expected an array of whole numbers');
    expect(() => (binding.createTensor as () => number)()).toThrow('createTensor: expected 3 arguments, got 0');
  });

  it('a tensor is known until it is deleted, also when its place is used again', () => {
    const id = binding.createTensor([1], float, Float32Array.of(1));
    binding.deleteTensor(id);
    const later = Array.from({ length: 3000 }, () => binding.createTensor([1], float, Float32Array.of(2)));
    for (const other of later) binding.deleteTensor(other);
    const again = Array.from({ length: 3000 }, () => binding.createTensor([1], float, Float32Array.of(3)));
    made.push(...again);
    expect(new Set([id, ...later, ...again]).size).toBe(6001);
    expect(Math.max(...again)).toBeLessThan(2 ** 28);
    expect(() => binding.tensorDataSync(id)).toThrow(`tensorDataSync: there is no tensor ${id}; it was deleted or never made`);
    expect(() => binding.deleteTensor(id)).toThrow(`deleteTensor: there is no tensor ${id}`);
    expect(() => binding.executeOp('Neg', ofFloat, [id], 1)).toThrow(`executeOp: there is no tensor ${id}`);
    expect(() => binding.tensorDataSync(-1)).toThrow('there is no tensor -1');
    expect(() => binding.deleteTensor(2 ** 32 + again[0]!)).toThrow('deleteTensor: argument 1: expected a whole number of 32 bits');
    expect(() => binding.executeOp('Neg', ofFloat, [2 ** 32 + again[0]!], 1)).toThrow('argument 3: expected whole numbers of 32 bits');
  });

  it('what TensorFlow refuses is told with the op and the types and shapes of its inputs', () => {
    const x = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    expect(() => binding.executeOp('MatMul', ofFloat, [x, x], 1)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: expect.stringMatching(/^executeOp MatMul\(float32\[2, 3\], float32\[2, 3\]\): .*incompatible/) as string,
      }),
    );
    expect(() => binding.executeOp('NoSuchOp', [], [], 1)).toThrow(/^executeOp NoSuchOp\(\): /);
    expect(() => binding.executeOp('Neg', [attribute.type('T', 'float' as never)], [x], 1)).toThrow('Neg: attribute T: expected a whole');
    expect(() => binding.executeOp('Neg', [{ name: 'T', type: 99, value: 1 }], [x], 1)).toThrow('attributes of type 99');
    expect(() => binding.executeOp('Neg', ofFloat, [x], -1)).toThrow('executeOp: argument 4: -1 is no count');
  });

  it('executeWith leaves ids, types and sizes of the outputs in the array that began with the ids of the inputs', () => {
    const exchange = new Int32Array(12).fill(-7);
    exchange[0] = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    const attributes = [attribute.int('num', 2), ...ofFloat, attribute.int('axis', 0)];
    expect(binding.executeWith('Unpack', attributes, 1, 2, exchange)).toBe(2);
    made.push(exchange[0], exchange[1]!);
    expect([...exchange.subarray(2)]).toEqual([float, 1, 3, float, 1, 3, -7, -7, -7, -7]);
    expect([0, 1].map((i) => [...binding.tensorDataSync(exchange[i]!)])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('executeWith refuses an array without room for the inputs or the results, of which none is left, and one of another kind', () => {
    const x = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    const before = binding.counts().tensors;
    expect(() => binding.executeWith('Neg', ofFloat, 1, 1, Int32Array.of(x, 0, 0, 0))).toThrow('executeWith: no room for the results');
    expect(() => binding.executeWith('Neg', ofFloat, 2, 1, Int32Array.of(x))).toThrow('executeWith: there are more inputs');
    expect(() => binding.executeWith('Neg', ofFloat, 1, 1, [x] as never)).toThrow('executeWith: argument 5: expected an Int32Array');
    expect(binding.counts().tensors).toBe(before);
  });

  it('slow: an op whose outputs find no room leaves none of them', () => {
    const places = 2 ** 20;
    const x = tensor([2], [1, 2]);
    const attributes = [attribute.int('num', 2), ...ofFloat, attribute.int('axis', 0)];
    const fillers = Array.from({ length: places - 2 }, () => binding.createTensor([], float, Float32Array.of(0)));
    expect(() => binding.executeOp('Unpack', attributes, [x], 2)).toThrow(expect.objectContaining({ code: 'too-many-tensors' }));
    expect(binding.counts().tensors).toBe(places - 1);
    for (const id of fillers) binding.deleteTensor(id);
  }, 60_000);

  it("the numbers are TensorFlow's own, the devices have a CPU, and it opens once", () => {
    expect(binding).toMatchObject({ TF_FLOAT: float, TF_INT32: int32, TF_ATTR_INT: 1, TF_ATTR_BOOL: 3, TF_ATTR_TYPE: 4 });
    expect(binding.devices()).toContainEqual(expect.objectContaining({ type: 'CPU' }));
    expect(binding.isUsingGpuDevice()).toBe(binding.devices().some(({ type }) => type === 'GPU'));
    expect(binding.version()).toMatch(/^2\.\d+\./);
    expect(() => binding.open('/elsewhere', new Uint8Array(0), 2)).toThrow('open: TensorFlow is open already');
  });
});
