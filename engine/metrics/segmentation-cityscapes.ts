import { EngineError } from '../error.ts';
import { ConfusionMatrix, meanOfNumbers } from './segmentation-confusion.ts';
import { SCORED_CATEGORIES, SCORED_LABELS, type ScoredLabel } from './segmentation-cityscapes-labels.ts';

const IDS = SCORED_LABELS.length;
/** Instance ids are class * 1000 + number; smaller values are stuff or groups. */
const INSTANCE_BASE = 1000;

/** Weighted instance hits and misses of one class or category. */
interface InstanceTally {
  readonly hits: number;
  readonly misses: number;
}

/** Fractions; null stands for NaN: nothing to score. */
export interface CityscapesScores {
  readonly averages: {
    readonly classIoU: number | null;
    readonly classIiou: number | null;
    readonly categoryIoU: number | null;
    readonly categoryIiou: number | null;
  };
  readonly classIoU: Readonly<Record<string, number | null>>;
  readonly classIiou: Readonly<Record<string, number | null>>;
  readonly categoryIoU: Readonly<Record<string, number | null>>;
  readonly categoryIiou: Readonly<Record<string, number | null>>;
  /** [true id, predicted id, pixels], zeros left out. */
  readonly confusion: readonly (readonly [number, number, number])[];
}

/** What an accumulator is between processes. JSON. */
export interface CityscapesScoreState {
  readonly confusion: readonly number[];
  readonly classHits: readonly number[];
  readonly classMisses: readonly number[];
  readonly categoryHits: readonly number[];
  readonly categoryMisses: readonly number[];
  readonly hasInstances: boolean;
}

/**
 * The official pixel-level score of Cityscapes over a whole set, on raw label ids 0..33 (cityscapesScripts,
 * evalPixelLevelSemanticLabeling): predicting an ignored id on a scored pixel is a miss, predictions on ignored pixels are free, a
 * class that is neither in the truth nor predicted has no IoU and is left out of the mean. iIoU weighs the pixels of every single
 * object by the class's average size over its own; its false positives are unweighted.
 */
export class CityscapesScore {
  readonly #confusion: ConfusionMatrix;
  readonly #classHits: Float64Array;
  readonly #classMisses: Float64Array;
  readonly #categoryHits: Float64Array;
  readonly #categoryMisses: Float64Array;
  /** False once a picture came without instances: there is no iIoU then. */
  #hasInstances: boolean;

  constructor(state?: CityscapesScoreState) {
    this.#confusion = new ConfusionMatrix(IDS, state?.confusion);
    this.#classHits = Float64Array.from(state?.classHits ?? new Float64Array(IDS));
    this.#classMisses = Float64Array.from(state?.classMisses ?? new Float64Array(IDS));
    this.#categoryHits = Float64Array.from(state?.categoryHits ?? new Float64Array(SCORED_CATEGORIES.length));
    this.#categoryMisses = Float64Array.from(state?.categoryMisses ?? new Float64Array(SCORED_CATEGORIES.length));
    this.#hasInstances = state?.hasInstances ?? true;
  }

  /** One picture, row-major. `instances` as in instanceIds files. Throws EngineError 'metric-shape' or 'metric-label'. */
  add(truth: ArrayLike<number>, instances: ArrayLike<number> | undefined, prediction: ArrayLike<number>): void {
    this.#confusion.add(truth, prediction);
    if (instances === undefined) {
      this.#hasInstances = false;
      return;
    }
    if (instances.length !== prediction.length) {
      throw new EngineError(
        'metric-shape',
        `Cityscapes score: ${instances.length} instance ids for ${prediction.length} pixels; expected as many`,
      );
    }
    this.#addInstances(instances, prediction);
  }

  #addInstances(instances: ArrayLike<number>, prediction: ArrayLike<number>): void {
    const tallies = new Map<number, { size: number; hits: number; categoryHits: number; label: ScoredLabel }>();
    for (let i = 0; i < instances.length; i++) {
      const instance = instances[i] as number;
      if (instance <= INSTANCE_BASE) continue;
      let tally = tallies.get(instance);
      if (tally === undefined) {
        const label = SCORED_LABELS[Math.floor(instance / INSTANCE_BASE)];
        if (label === undefined)
          throw new EngineError(
            'metric-label',
            `Cityscapes score: instance id ${instance} belongs to no label; expected class * 1000 + number`,
          );
        tally = { size: 0, hits: 0, categoryHits: 0, label };
        tallies.set(instance, tally);
      }
      tally.size += 1;
      const predicted = SCORED_LABELS[prediction[i] as number] as ScoredLabel;
      if (predicted.id === tally.label.id) tally.hits += 1;
      if (predicted.category === tally.label.category) tally.categoryHits += 1;
    }
    for (const { size, hits, categoryHits, label } of tallies.values()) {
      if (label.isIgnored || !label.hasInstances) continue;
      const weight = label.averageSize / size;
      addTo(this.#classHits, label.id, hits * weight);
      addTo(this.#classMisses, label.id, (size - hits) * weight);
      const category = SCORED_CATEGORIES.indexOf(label.category);
      addTo(this.#categoryHits, category, categoryHits * weight);
      addTo(this.#categoryMisses, category, (size - categoryHits) * weight);
    }
  }

  merge(other: CityscapesScore): void {
    this.#confusion.merge(other.#confusion);
    for (const [into, from] of [
      [this.#classHits, other.#classHits],
      [this.#classMisses, other.#classMisses],
      [this.#categoryHits, other.#categoryHits],
      [this.#categoryMisses, other.#categoryMisses],
    ] as const) {
      from.forEach((value, i) => addTo(into, i, value));
    }
    this.#hasInstances &&= other.#hasInstances;
  }

  state(): CityscapesScoreState {
    return {
      confusion: [...this.#confusion.counts],
      classHits: [...this.#classHits],
      classMisses: [...this.#classMisses],
      categoryHits: [...this.#categoryHits],
      categoryMisses: [...this.#categoryMisses],
      hasInstances: this.#hasInstances,
    };
  }

  /** Our own: share of scored pixels that are right (the official tool's counters are mixed up). NaN when there are none. */
  pixelAccuracy(): number {
    let right = 0;
    let total = 0;
    for (const label of SCORED_LABELS) {
      if (label.isIgnored) continue;
      right += this.#confusion.count(label.id, label.id);
      total += this.#sum(
        [label.id],
        SCORED_LABELS.map(({ id }) => id),
      );
    }
    return right / total;
  }

  result(): CityscapesScores {
    const classIoU = new Map<string, number>();
    const classIiou = new Map<string, number>();
    for (const label of SCORED_LABELS) {
      if (label.isIgnored) continue;
      const falsePositives = this.#falsePositives([label.id], (row) => row.id !== label.id);
      classIoU.set(label.name, this.#iou([label.id], falsePositives));
      if (label.hasInstances)
        classIiou.set(
          label.name,
          this.#iiou({ hits: this.#classHits[label.id] as number, misses: this.#classMisses[label.id] as number }, falsePositives),
        );
    }
    const categoryIoU = new Map<string, number>();
    const categoryIiou = new Map<string, number>();
    SCORED_CATEGORIES.forEach((category, i) => {
      const labels = SCORED_LABELS.filter((label) => label.category === category);
      const scored = labels.filter((label) => !label.isIgnored).map((label) => label.id);
      const isOther = (row: ScoredLabel): boolean => row.category !== category;
      categoryIoU.set(category, this.#iou(scored, this.#falsePositives(scored, isOther)));
      if (!labels.every((label) => label.hasInstances)) return;
      // Caravan and trailer count as hits and as false positives here, though they are ignored as classes.
      const falsePositives = this.#falsePositives(
        labels.map((label) => label.id),
        isOther,
      );
      categoryIiou.set(
        category,
        this.#iiou({ hits: this.#categoryHits[i] as number, misses: this.#categoryMisses[i] as number }, falsePositives),
      );
    });
    return {
      averages: {
        classIoU: averageOf(classIoU),
        classIiou: averageOf(classIiou),
        categoryIoU: averageOf(categoryIoU),
        categoryIiou: averageOf(categoryIiou),
      },
      classIoU: toJson(classIoU),
      classIiou: toJson(classIiou),
      categoryIoU: toJson(categoryIoU),
      categoryIiou: toJson(categoryIiou),
      confusion: this.#nonZero(),
    };
  }

  /** `ids` as one class. Misses count predictions of any id, also ignored ones. */
  #iou(ids: readonly number[], falsePositives: number): number {
    const hits = this.#sum(ids, ids);
    const misses =
      this.#sum(
        ids,
        SCORED_LABELS.map((label) => label.id),
      ) - hits;
    return hits / (hits + misses + falsePositives);
  }

  #iiou({ hits, misses }: InstanceTally, falsePositives: number): number {
    return this.#hasInstances ? hits / (hits + misses + falsePositives) : NaN;
  }

  /** Predictions of `ids` on scored pixels of other labels. */
  #falsePositives(ids: readonly number[], isOther: (row: ScoredLabel) => boolean): number {
    return this.#sum(
      SCORED_LABELS.filter((row) => !row.isIgnored && isOther(row)).map((row) => row.id),
      ids,
    );
  }

  #sum(rows: readonly number[], columns: readonly number[]): number {
    let sum = 0;
    for (const row of rows) for (const column of columns) sum += this.#confusion.count(row, column);
    return sum;
  }

  #nonZero(): readonly (readonly [number, number, number])[] {
    const entries: (readonly [number, number, number])[] = [];
    this.#confusion.counts.forEach((count, i) => {
      if (count > 0) entries.push([Math.floor(i / IDS), i % IDS, count]);
    });
    return entries;
  }
}

function addTo(array: Float64Array, index: number, value: number): void {
  array[index] = (array[index] as number) + value;
}

function averageOf(values: ReadonlyMap<string, number>): number | null {
  return orNull(meanOfNumbers([...values.values()]));
}

function toJson(values: ReadonlyMap<string, number>): Readonly<Record<string, number | null>> {
  return Object.fromEntries([...values].map(([name, value]) => [name, orNull(value)]));
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
