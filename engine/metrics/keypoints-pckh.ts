import { EngineError } from '../error.ts';

/** A person of MPII and what was predicted for it; both count pixels from the same origin (MPII's files count from 1). */
export interface PckhPerson {
  /** Diagonal of the head's box, px. */
  readonly headDiagonalPx: number;
  /** x, y, 1 where annotated, of each of the 16 joints. */
  readonly truth: ArrayLike<number>;
  /** x, y, score of each joint. */
  readonly predicted: ArrayLike<number>;
}

/** Fractions; null where no joint is annotated. */
export interface PckhScores {
  readonly joints: readonly (number | null)[];
  /** Mean of left and right. */
  readonly parts: Readonly<Record<string, number | null>>;
  /** Over all annotated joints but pelvis and thorax. */
  readonly mean: number | null;
}

/** MPII's order: right ankle, knee, hip, left hip, knee, ankle, pelvis, thorax, upper neck, head top, right wrist, elbow, shoulder, left ones. */
const parts: Readonly<Record<string, readonly number[]>> = {
  head: [9],
  shoulder: [12, 13],
  elbow: [11, 14],
  wrist: [10, 15],
  hip: [2, 3],
  knee: [1, 4],
  ankle: [0, 5],
};
const JOINTS = 16;
const uncounted = new Set([6, 7]);
/** Of the diagonal: the head's size. */
const HEAD_SHARE = 0.6;

/**
 * Share of joints that lie within `threshold` head sizes of where they were annotated (MPII's PCKh as HRNet's lib/dataset/mpii.py has it). Its
 * 'Mean@0.1' is that of the threshold 0.11. Throws EngineError 'metric-truth' for another number of joints or a head without size.
 */
export function scorePckh(persons: readonly PckhPerson[], threshold = 0.5): PckhScores {
  const hits = new Float64Array(JOINTS);
  const counts = new Float64Array(JOINTS);
  for (const [index, { headDiagonalPx, truth, predicted }] of persons.entries()) {
    if (truth.length !== 3 * JOINTS || predicted.length !== 3 * JOINTS || !(headDiagonalPx > 0)) {
      throw new EngineError(
        'metric-truth',
        `PCKh: person ${index + 1} has ${truth.length} and ${predicted.length} values and a head of ${headDiagonalPx} px; ` +
          `expected ${3 * JOINTS} (x, y and a flag or score of 16 joints) and a head above 0 px.`,
      );
    }
    for (let joint = 0; joint < JOINTS; joint++) {
      if (!((truth[3 * joint + 2] as number) > 0)) continue;
      const dx = (predicted[3 * joint] as number) - (truth[3 * joint] as number);
      const dy = (predicted[3 * joint + 1] as number) - (truth[3 * joint + 1] as number);
      counts[joint] = (counts[joint] as number) + 1;
      if (Math.hypot(dx, dy) / (HEAD_SHARE * headDiagonalPx) <= threshold) hits[joint] = (hits[joint] as number) + 1;
    }
  }
  const joints = [...hits].map((hit, joint) => (counts[joint] === 0 ? null : hit / (counts[joint] as number)));
  const sumOf = (values: Float64Array): number => values.reduce((sum, value, joint) => (uncounted.has(joint) ? sum : sum + value), 0);
  return {
    joints,
    parts: Object.fromEntries(
      Object.entries(parts).map(([name, members]) => [name, meanOf(members.map((joint) => joints[joint] ?? null))]),
    ),
    mean: sumOf(counts) === 0 ? null : sumOf(hits) / sumOf(counts),
  };
}

/** Null when any is missing. */
function meanOf(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value / values.length), 0);
}
