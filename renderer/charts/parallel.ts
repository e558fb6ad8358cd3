/** One upright axis; `values` belong to the lines, one each. */
export interface ParallelAxis {
  readonly key: string;
  readonly title: string;
  /** On hover: what it is, its importance. */
  readonly hint: string;
  readonly values: readonly (number | null)[];
  readonly isLog: boolean;
  readonly low: number;
  readonly high: number;
  readonly text: (value: number) => string;
}

/** A range on an axis, inclusive, in its own units. */
export interface Brush {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** Everything by which lines are chosen. */
export interface BrushState {
  readonly brushes: readonly Brush[];
  /** The best share of the trials, by score; 1 for all. */
  readonly topShare: number;
}

export interface ParallelArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function parallelAxis(axis: Omit<ParallelAxis, 'low' | 'high'>): ParallelAxis {
  let low = Infinity;
  let high = -Infinity;
  for (const value of axis.values) {
    if (value === null || !Number.isFinite(value) || (axis.isLog && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return Number.isFinite(low) ? { ...axis, low, high } : { ...axis, low: 0, high: 1, isLog: false };
}

/** Height of a value as a share of the axis; half way up where all values are equal. */
export function shareOf({ low, high, isLog }: ParallelAxis, value: number): number {
  if (high === low) return 0.5;
  return isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

export function valueAt({ low, high, isLog }: ParallelAxis, share: number): number {
  const inside = Math.min(1, Math.max(0, share));
  return isLog ? low * (high / low) ** inside : low + inside * (high - low);
}

export function axisX(index: number, count: number, { left, right }: ParallelArea): number {
  return count < 2 ? (left + right) / 2 : left + (index / (count - 1)) * (right - left);
}

export function axisY(axis: ParallelAxis, value: number, { top, bottom }: ParallelArea): number {
  return bottom - shareOf(axis, value) * (bottom - top);
}

/** Lines that pass every brush; 1 each. A line without a value on a brushed axis does not. */
export function brushedLines(axes: readonly ParallelAxis[], brushes: readonly Brush[], count: number): Uint8Array {
  const inside = new Uint8Array(count).fill(1);
  for (const { key, from, to } of brushes) {
    const axis = axes.find((one) => one.key === key);
    if (axis === undefined) continue;
    for (let line = 0; line < count; line++) {
      const value = axis.values[line] ?? null;
      if (value === null || value < from || value > to) inside[line] = 0;
    }
  }
  return inside;
}

export interface LineLook {
  readonly colour: string;
  readonly alpha: number;
  readonly width: number;
}

/** Draws lines from axis to axis; a gap where a value is missing. All of one look are one path. */
export function drawLines(
  context: CanvasRenderingContext2D,
  axes: readonly ParallelAxis[],
  lines: Iterable<number>,
  area: ParallelArea,
  { colour, alpha, width }: LineLook,
): void {
  context.beginPath();
  const xs = axes.map((_, index) => axisX(index, axes.length, area));
  for (const line of lines) {
    let isOpen = false;
    for (let i = 0; i < axes.length; i++) {
      const axis = axes[i] as ParallelAxis;
      const value = axis.values[line] ?? null;
      if (value === null) {
        isOpen = false;
        continue;
      }
      const y = axisY(axis, value, area);
      if (isOpen) context.lineTo(xs[i] as number, y);
      else context.moveTo(xs[i] as number, y);
      isOpen = true;
    }
  }
  context.strokeStyle = colour;
  context.globalAlpha = alpha;
  context.lineWidth = width;
  context.stroke();
  context.globalAlpha = 1;
}

/** Distance from a place to a line between two neighbouring axes, px; the nearest line within `reach`. */
export function nearestLine(
  axes: readonly ParallelAxis[],
  lines: readonly number[],
  area: ParallelArea,
  at: { readonly x: number; readonly y: number },
  reach = 10,
): number | undefined {
  const xs = axes.map((_, index) => axisX(index, axes.length, area));
  const right = xs.findIndex((x) => x >= at.x);
  if (right < 1) return undefined;
  const share = (at.x - (xs[right - 1] as number)) / ((xs[right] as number) - (xs[right - 1] as number));
  let best: number | undefined;
  let nearest = reach;
  for (const line of lines) {
    const from = axes[right - 1]?.values[line] ?? null;
    const to = axes[right]?.values[line] ?? null;
    if (from === null || to === null) continue;
    const a = axisY(axes[right - 1] as ParallelAxis, from, area);
    const b = axisY(axes[right] as ParallelAxis, to, area);
    const distance = Math.abs(a + share * (b - a) - at.y);
    if (distance < nearest) {
      nearest = distance;
      best = line;
    }
  }
  return best;
}
