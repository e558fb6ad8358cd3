import type { Weights } from '../run/weights.ts';
import { moveVariables } from '../run/weights.ts';
import { weightsFromTensors } from '../run/weights-file.ts';
import { float32Values, readSafetensors, writeSafetensors, type SafetensorsEntry, type SafetensorsTensor } from '../run/safetensors.ts';
import { toOfficialLayout, toOwnLayout, ownShape } from '../graph/weight-layout.ts';
import { EngineError } from '../error.ts';
import type { WeightSpec } from '../graph/model-graph.ts';
import type { WeightMove } from '../graph/weight-move.ts';
import { sameShape } from '../graph/shapes.ts';
import { dispose, tensor, tidy, variable, zerosLike, type Variable } from '../backend/tf.ts';

/** The variables of one optimiser slot by weight name. */
type Slot = Map<string, Variable>;

/**
 * Everything that training changes: weights and running statistics, their moving average, and the optimiser's slots, all keyed by
 * official weight name. Owns its variables: call `dispose`.
 */
export class TrainState {
  readonly weights: Weights;
  /** Of all weights and running statistics. */
  readonly average: Weights;
  readonly #slots: Map<string, Slot>;

  private constructor(weights: Weights, average: Weights, slots: Map<string, Slot>) {
    this.weights = weights;
    this.average = average;
    this.#slots = slots;
  }

  /** Takes the weights over; the average starts equal to them, slots at 0. */
  static create(weights: Weights, slotNames: readonly string[]): TrainState {
    const slots = slotNames.map((slot): [string, Slot] => [
      slot,
      new Map(weights.learnedNames().map((name) => [name, tidy(() => variable(zerosLike(weights.get(name)), false))])),
    ]);
    return new TrainState(weights, weights.clone(), new Map(slots));
  }

  /** Slots of one weight in the order in which `create` got their names. */
  slotsOf(name: string): Variable[] {
    return [...this.#slots].map(([slot, variables]) => {
      const found = variables.get(name);
      if (found === undefined) throw new EngineError('missing-slot', `training: there is no ${slot} of ${name}`);
      return found;
    });
  }

  /** What in weights and average holds an infinity or NaN, by name (`average/` before those of the average); undefined when nothing does. */
  async notFinite(): Promise<string | undefined> {
    for (const [prefix, weights] of [
      ['', this.weights],
      ['average/', this.average],
    ] as const) {
      for (const { name, kind } of weights.specs) {
        if (kind !== 'count' && !((await weights.get(name).data()) as Float32Array).every(Number.isFinite)) return prefix + name;
      }
    }
    return undefined;
  }

  /** Compacts weights, average and slots to a smaller network by the same moves; what is cut out is freed. */
  shrink(specs: readonly WeightSpec[], moves: readonly WeightMove[]): void {
    const before = new Map(this.weights.specs.map((spec) => [spec.name, spec]));
    for (const [slot, variables] of this.#slots) {
      const moved = moveVariables(variables, before, moves);
      // what the smaller network still owns but no longer runs is not trained
      for (const spec of specs) {
        if (!spec.isRun && moved.has(spec.name)) {
          moved.get(spec.name)!.dispose();
          moved.delete(spec.name);
        }
      }
      this.#slots.set(slot, moved);
    }
    this.weights.shrink(specs, moves);
    this.average.shrink(specs, moves);
  }

  /** A safetensors file: weights under their names, the average under `average/`, slots under `optimizer/<slot>/`. */
  async save(metadata: Readonly<Record<string, string>> = {}): Promise<Uint8Array> {
    const slots: SafetensorsEntry[] = [];
    for (const [slot, variables] of this.#slots) {
      for (const [name, values] of variables) {
        const { layout, shape } = this.weights.spec(name);
        const data = toOfficialLayout(layout, shape, (await values.data()) as Float32Array);
        slots.push({ name: `optimizer/${slot}/${name}`, dtype: 'F32', shape, data });
      }
    }
    return writeSafetensors([...(await this.weights.entries()), ...(await this.average.entries('average/')), ...slots], metadata);
  }

  /** The state that `save` wrote. Throws EngineError 'bad-weights-file' or 'bad-weights'. The caller disposes it. */
  static load(specs: readonly WeightSpec[], slotNames: readonly string[], file: Uint8Array): TrainState {
    const { tensors } = readSafetensors(file);
    const own = new Map([...tensors].filter(([name]) => !name.startsWith('average/') && !name.startsWith('optimizer/')));
    const weights = weightsFromTensors(specs, own);
    const average = weightsFromTensors(specs, tensors, 'average/');
    const slots = slotNames.map((slot): [string, Slot] => [
      slot,
      new Map(weights.learnedNames().map((name) => [name, loadSlot(weights.spec(name), `optimizer/${slot}/${name}`, tensors)])),
    ]);
    return new TrainState(weights, average, new Map(slots));
  }

  dispose(): void {
    this.weights.dispose();
    this.average.dispose();
    for (const variables of this.#slots.values()) dispose([...variables.values()]);
    this.#slots.clear();
  }
}

function loadSlot({ layout, shape }: WeightSpec, name: string, tensors: ReadonlyMap<string, SafetensorsTensor>): Variable {
  const stored = tensors.get(name);
  if (stored === undefined || !sameShape(stored.shape, shape)) {
    throw new EngineError('bad-weights', `reading a training state: ${name} ${stored === undefined ? 'is missing' : 'has another shape'}`, {
      tip: 'The file belongs to another architecture or optimiser.',
    });
  }
  return tidy(() => variable(tensor(toOwnLayout(layout, shape, float32Values(stored)), ownShape(layout, shape), 'float32'), false));
}
