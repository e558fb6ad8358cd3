import { EngineError } from '../error.ts';

/**
 * What a class that is absent from the truth counts for:
 * nan-skip: left out when it is also never predicted, 0 when it is (Cityscapes tool, mmseg);
 * zero: 0, always counted (SemanticKITTI and ADE tools);
 * one: 1, even when it is falsely predicted (SPVNAS, core/callbacks.py).
 */
export type AbsentClassRule = 'nan-skip' | 'zero' | 'one';

export interface SegmentationScores {
  readonly rule: AbsentClassRule;
  /** Mean intersection over union; NaN when no class counts. */
  readonly meanIoU: number;
  /** By class id; NaN for a class that is left out. */
  readonly classIoU: readonly number[];
  /** Mean of TP / (TP + FN) over the classes of the truth. */
  readonly meanAccuracy: number;
  /** Share of labelled pixels that are right; NaN when there are none. */
  readonly pixelAccuracy: number;
}

/** Pixels by true and predicted class over a whole set. Rows are the truth, columns the prediction; counts are exact up to 2^53. */
export class ConfusionMatrix {
  readonly size: number;
  /** [size, size], row-major. */
  readonly counts: Float64Array;

  constructor(size: number, counts?: ArrayLike<number>) {
    this.size = size;
    this.counts = new Float64Array(size * size);
    if (counts === undefined) return;
    if (counts.length !== size * size)
      throw new EngineError('metric-shape', `confusion matrix: ${counts.length} counts for ${size} classes; expected ${size * size}`);
    this.counts.set(counts);
  }

  /**
   * Adds one picture. A truth of `ignored` (255) counts nowhere; any other value beyond the classes is refused.
   * Throws EngineError 'metric-shape' or 'metric-label'.
   */
  add(truth: ArrayLike<number>, prediction: ArrayLike<number>, ignored?: number): void {
    const { size, counts } = this;
    if (truth.length !== prediction.length) {
      throw new EngineError(
        'metric-shape',
        `confusion matrix: ${truth.length} true and ${prediction.length} predicted pixels; expected as many`,
      );
    }
    for (let i = 0; i < truth.length; i++) {
      const row = truth[i] as number;
      if (row === ignored) continue;
      const column = prediction[i] as number;
      if (!(row < size && column < size)) {
        throw new EngineError(
          'metric-label',
          `confusion matrix: pixel ${i} is ${row}, predicted ${column}; expected classes 0..${size - 1}`,
        );
      }
      const at = row * size + column;
      counts[at] = (counts[at] as number) + 1;
    }
  }

  merge(other: ConfusionMatrix): void {
    if (other.size !== this.size)
      throw new EngineError('metric-shape', `confusion matrices of ${this.size} and ${other.size} classes cannot be merged`);
    for (let i = 0; i < this.counts.length; i++) this.counts[i] = (this.counts[i] as number) + (other.counts[i] as number);
  }

  count(truth: number, prediction: number): number {
    return this.counts[truth * this.size + prediction] as number;
  }

  scores(rule: AbsentClassRule): SegmentationScores {
    const { size } = this;
    const classIoU: number[] = [];
    const accuracies: number[] = [];
    let right = 0;
    let total = 0;
    for (let c = 0; c < size; c++) {
      const hits = this.count(c, c);
      let labelled = 0;
      let predicted = 0;
      for (let other = 0; other < size; other++) {
        labelled += this.count(c, other);
        predicted += this.count(other, c);
      }
      const union = labelled + predicted - hits;
      if (labelled > 0) {
        classIoU.push(hits / union);
        accuracies.push(hits / labelled);
      } else {
        classIoU.push(absentIoU(rule, union));
      }
      right += hits;
      total += labelled;
    }
    return {
      rule,
      meanIoU: meanOfNumbers(classIoU),
      classIoU,
      meanAccuracy: meanOfNumbers(accuracies),
      pixelAccuracy: total === 0 ? NaN : right / total,
    };
  }
}

function absentIoU(rule: AbsentClassRule, falsePositives: number): number {
  if (rule === 'one') return 1;
  return rule === 'zero' || falsePositives > 0 ? 0 : NaN;
}

/** Mean over what is not NaN; NaN when nothing is. */
export function meanOfNumbers(values: readonly number[]): number {
  const counted = values.filter((value) => !Number.isNaN(value));
  return counted.length === 0 ? NaN : counted.reduce((sum, value) => sum + value, 0) / counted.length;
}
