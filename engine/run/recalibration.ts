import * as tf from '../backend/tf.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { disposeStatistics } from './norm-statistics.ts';
import { run } from './run.ts';
import { countBatches, countedBy, moveNorm, updateRunning } from './running-statistics.ts';
import type { Weights } from './weights.ts';

const mode = { training: false, norm: 'batch' } as const;

/**
 * One batch of a recalibration, after which the running statistics are the plain average of those of the batches so far; `index` counts from 0,
 * where everything from before is forgotten. All but the batch norms runs in inference mode. The inputs (by id) stay the caller's. Returns the
 * counters that the batch moved, as `countedBy` does.
 */
export function recalibrateBatch(
  graph: ModelGraph,
  weights: Weights,
  inputs: Readonly<Record<string, tf.Tensor>>,
  index: number,
): readonly string[] {
  const { outputs, statistics } = run(graph, weights, inputs, mode);
  tf.dispose(outputs);
  if (index === 0) weights.specs.filter(({ kind }) => kind === 'count').forEach(({ name }) => weights.setCounter(name, 0));
  // A norm that runs several times in one pass has seen more than `index` batches: its counter knows.
  for (const seen of statistics) updateRunning(weights, [seen], 1 / (1 + (weights.counter(countedBy([seen])[0]!) ?? index)));
  return countedBy(statistics);
}

/**
 * Recalibration by batches 0, 1, ... of a network with one input: the first op by op, the others in the given mode. Both give the same numbers.
 * Call `dispose` afterwards.
 */
export class Recalibration {
  readonly #graph: ModelGraph;
  readonly #weights: Weights;
  readonly #step: tf.Step;
  /** One entry each time a norm runs in a pass. */
  #counters: readonly string[] = [];

  constructor(graph: ModelGraph, weights: Weights, stepMode: tf.StepMode) {
    this.#graph = graph;
    this.#weights = weights;
    this.#step = tf.createStep('recalibrate', ([images], numbers) => this.#recalibrate(images!, numbers), stepMode);
  }

  /** The inputs stay the caller's. */
  async add(inputs: tf.Tensor, index: number): Promise<void> {
    if (index === 0 || this.#step.mode === 'eager') {
      this.#counters = recalibrateBatch(this.#graph, this.#weights, this.#inputs(inputs), index);
      return;
    }
    const numbers = this.#turns().flatMap((turn) => {
      const decay = 1 - 1 / (1 + this.#seenBefore(turn, index));
      return [decay, 1 - decay];
    });
    await this.#step.run({ tensors: [inputs], numbers, seeds: [] });
    countBatches(this.#weights, this.#counters);
  }

  dispose(): void {
    this.#step.dispose();
  }

  #inputs(images: tf.Tensor): Readonly<Record<string, tf.Tensor>> {
    return { [this.#graph.inputs[0]!.id]: images };
  }

  #recalibrate(images: tf.Tensor, numbers: readonly tf.StepNumber[]): tf.Tensor[] {
    const { outputs, statistics } = run(this.#graph, this.#weights, this.#inputs(images), mode);
    tf.dispose(outputs);
    const turns = this.#turns();
    statistics.forEach((seen, i) => {
      const turn = turns.indexOf(this.#turnOf(i));
      moveNorm(this.#weights, seen, numbers[2 * turn]!, numbers[2 * turn + 1]!);
    });
    disposeStatistics(statistics);
    return [];
  }

  /**
   * Which of how many turns of its norm entry i of the counters is, such as '0/1'. Norms of one turn have seen equally many batches. What is not
   * counted has one turn a batch, as in `recalibrateBatch`.
   */
  #turnOf(i: number): string {
    if (this.#weights.counter(this.#counters[i]!) === undefined) return '0/1';
    const isSame = (counter: string): boolean => counter === this.#counters[i];
    return `${this.#counters.slice(0, i).filter(isSame).length}/${this.#counters.filter(isSame).length}`;
  }

  #turns(): readonly string[] {
    return [...new Set(this.#counters.map((_, i) => this.#turnOf(i)))];
  }

  /** How many batches a norm has seen before its turn in pass `index`. */
  #seenBefore(turn: string, index: number): number {
    const [before, all] = turn.split('/').map(Number) as [number, number];
    return index * all + before;
  }
}
