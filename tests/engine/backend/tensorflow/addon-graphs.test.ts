import { afterEach, describe, expect, it } from 'vitest';
import type { NativeBinding } from '../../../../engine/backend/tensorflow/binding.ts';
import { addMatrixPower, attribute, float, hasTensorflow, int32, nothing, ofFloat, openAddon } from './addon-fixture.ts';

describe.skipIf(!hasTensorflow)('addon, graphs and functions', () => {
  const binding = hasTensorflow ? openAddon() : (undefined as unknown as NativeBinding);
  const graphs: number[] = [];
  const graph = (): number => {
    const id = binding.graphNew();
    graphs.push(id);
    return id;
  };
  const input = (values: readonly number[], shape: readonly number[] = [values.length]): number =>
    binding.createTensor(shape, float, Float32Array.from(values));
  const take = (ids: Int32Array): number[][] =>
    Array.from(ids, (id) => {
      const values = [...(binding.tensorDataSync(id) as Float32Array)];
      binding.deleteTensor(id);
      return values;
    });
  afterEach(() => {
    for (const id of graphs.splice(0)) binding.graphDelete(id);
    expect(binding.counts()).toEqual(nothing);
  });

  it('a function of a graph computes what its ops compute one by one, to the bit', () => {
    const size = 5;
    const values = Array.from({ length: size * size }, (_, i) => Math.sin(i));
    addMatrixPower(binding, 'cube', size, 2);
    const x = input(values, [size, size]);
    const [square] = binding.executeOp('MatMul', ofFloat, [x, x], 1);
    const [cube] = binding.executeOp('MatMul', ofFloat, [square!.id, x], 1);
    expect(take(binding.call('cube', Int32Array.of(x), 1))).toEqual(take(Int32Array.of(cube!.id)));
    binding.removeFunction('cube');
    for (const id of [x, square!.id]) binding.deleteTensor(id);
  });

  it('lists among the inputs of a node: one that takes what is left, and two of given lengths', () => {
    const g = graph();
    const a = binding.graphPlaceholder(g, float, [2]);
    const two = binding.graphConst(g, float, [1], Float32Array.of(2));
    const axis = binding.graphConst(g, int32, [], Int32Array.of(0));
    const concat = [attribute.int('N', 3), ...ofFloat, attribute.type('Tidx', int32)];
    const [joined] = binding.graphOp(g, 'ConcatV2', concat, [a, two, a, axis], 1);
    expect(joined).toMatchObject({ shape: [5], dtype: float });
    const [stack] = binding.graphOp(g, 'Pack', [attribute.int('N', 1), ...ofFloat, attribute.int('axis', 0)], [joined!.id], 1);
    binding.graphToFunction(g, 'lists', [a], [stack!.id, two]);
    const x = input([7, 8]);
    expect(take(binding.call('lists', Int32Array.of(x), 2))).toEqual([[7, 8, 2, 7, 8], [2]]);
    binding.deleteTensor(x);
    binding.removeFunction('lists');
  });

  it('two lists among the inputs of one node are parted by the attributes; without them it is refused', () => {
    const g = graph();
    const indices = [0, 1].map((i) => binding.graphConst(g, int32, [1], Int32Array.of(i)));
    const data = [5, 6].map((value) => binding.graphConst(g, float, [1, 2], Float32Array.of(value, -value)));
    const [stitched] = binding.graphOp(g, 'DynamicStitch', [attribute.int('N', 2), ...ofFloat], [...indices, ...data], 1);
    const zero = binding.graphPlaceholder(g, float, []);
    const [sum] = binding.graphOp(g, 'AddV2', ofFloat, [stitched!.id, zero], 1);
    binding.graphToFunction(g, 'stitch', [zero], [sum!.id]);
    const x = input([0], []);
    expect(take(binding.call('stitch', Int32Array.of(x), 1))).toEqual([[5, -5, 6, -6]]);
    binding.deleteTensor(x);
    binding.removeFunction('stitch');
    const stitch = (n: readonly { name: string; type: number; value: number }[], inputs: readonly number[]) => (): unknown =>
      binding.graphOp(g, 'DynamicStitch', [...n, ...ofFloat], inputs, 1);
    expect(stitch([], [...indices, ...data])).toThrow('expected the attribute N');
    expect(stitch([attribute.int('N', 3) as never], [...indices, ...data])).toThrow('asks for a list of 3 of 4 inputs');
    expect(stitch([attribute.int('N', 1) as never], [...indices, ...data])).toThrow('2 inputs are left over');
  });

  it('sizes that are known only at run time are -1', () => {
    const g = graph();
    const x = binding.graphPlaceholder(g, float, [-1, 3]);
    expect(binding.graphOp(g, 'Neg', ofFloat, [x], 1)[0]!.shape).toEqual([-1, 3]);
  });

  it('what a node is refused for names the op, its scope, and its inputs; the graph goes on', () => {
    const g = graph();
    const x = binding.graphPlaceholder(g, float, [2, 3]);
    const product = (): unknown => binding.graphOp(g, 'MatMul', ofFloat, [x, x], 1, 'stage 2.block0/conv');
    expect(product).toThrow(/^graphOp MatMul stage_2\.block0\/conv\/MatMul_0\(float32\[2, 3\], float32\[2, 3\]\): /);
    expect(product).toThrow('MatMul_1'); // names are unique
    expect(() => binding.graphOp(g, 'NoSuchOp', [], [], 1)).toThrow('NoSuchOp');
    expect(() => binding.graphOp(g, 'Neg', [], [x, x], 1)).toThrow('expected 1 inputs, got 2');
    expect(() => binding.graphOp(g, 'Neg', ofFloat, [x], 2)).toThrow('it has 1 outputs, 2 were expected');
    expect(() => binding.graphOp(g, 'Neg', [attribute.type('T', 'no' as never)], [x], 1)).toThrow('attribute T');
    expect(() => binding.graphOp(g, 'Neg', ofFloat, [99], 1)).toThrow('the graph has no output 99');
    expect(binding.graphOp(g, 'Neg', ofFloat, [x], 1)[0]!.shape).toEqual([2, 3]);
  });

  it('an error inside of a function names the function, its inputs, and the node with its scope', async () => {
    const g = graph();
    const indices = binding.graphPlaceholder(g, int32, [1]);
    const table = binding.graphConst(g, float, [2], Float32Array.of(1, 2));
    const axis = binding.graphConst(g, int32, [], Int32Array.of(0));
    const attributes = [attribute.type('Tparams', float), attribute.type('Tindices', int32), attribute.type('Taxis', int32)];
    const [picked] = binding.graphOp(g, 'GatherV2', attributes, [table, indices, axis], 1, 'head.pick');
    binding.graphToFunction(g, 'pick', [indices], [picked!.id]);
    const beyond = binding.createTensor([1], int32, Int32Array.of(7));
    const message = /^call(Async)? pick\(int32\[1\]\): .*7.*head\.pick\/GatherV2_0/s;
    expect(() => binding.call('pick', Int32Array.of(beyond), 1)).toThrow(message);
    await expect(binding.callAsync('pick', Int32Array.of(beyond), 1)).rejects.toThrow(message);
    binding.deleteTensor(beyond);
    binding.removeFunction('pick');
  });

  it('unknown, removed and doubled names, and calls with other numbers of inputs or outputs are refused', () => {
    addMatrixPower(binding, 'once', 2, 1);
    const x = input([1, 2, 3, 4], [2, 2]);
    expect(() => addMatrixPower(binding, 'once', 2, 1)).toThrow('there is a function once already');
    expect(() => binding.call('once', Int32Array.of(x, x), 1)).toThrow('it has 1 inputs and 1 outputs; the call has 2 and 1');
    expect(() => binding.call('once', Int32Array.of(x), 2)).toThrow('the call has 1 and 2');
    expect(() => binding.call('once', [x] as never, 1)).toThrow('expected the inputs as an Int32Array');
    expect(() => binding.call('once', Int32Array.of(-5), 1)).toThrow('call: there is no tensor -5');
    binding.removeFunction('once');
    expect(() => binding.call('once', Int32Array.of(x), 1)).toThrow('call: there is no function once; it was removed');
    expect(() => binding.removeFunction('once')).toThrow('there is no function once');
    binding.deleteTensor(x);
  });
});
