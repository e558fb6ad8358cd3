const mostGroups = 8;

/**
 * How much of the spread of a score one choice explains on its own, 0..1: the trials are grouped by the choice's value (more than
 * 8 values: by octile) and compared by epsilon squared, the share of variance between the groups corrected for the number of groups
 * (Kelley, PNAS 1935). A main effect: what two choices do only together is not in it. Undefined under 8 trials with a score, or
 * when all scores are equal.
 */
export function choiceImportance(values: ArrayLike<number>, scores: ArrayLike<number>): number | undefined {
  const rows = Array.from({ length: values.length }, (_, row) => row).filter(
    (row) => Number.isFinite(values[row]) && Number.isFinite(scores[row]),
  );
  if (rows.length < 8) return undefined;
  const mean = meanOf(rows, scores);
  const total = rows.reduce((sum, row) => sum + ((scores[row] as number) - mean) ** 2, 0);
  if (!(total > 1e-15)) return undefined;
  const groups = groupsOf(rows, values);
  const between = groups.reduce((sum, group) => sum + group.length * (meanOf(group, scores) - mean) ** 2, 0);
  const freedom = rows.length - groups.length;
  if (groups.length < 2 || freedom < 1) return 0;
  const noise = ((total - between) / freedom) * (groups.length - 1);
  return Math.min(1, Math.max(0, (between - noise) / total));
}

function groupsOf(rows: readonly number[], values: ArrayLike<number>): readonly (readonly number[])[] {
  const byValue = Map.groupBy(rows, (row) => values[row] as number);
  if (byValue.size <= mostGroups) return [...byValue.values()];
  const sorted = rows.toSorted((a, b) => (values[a] as number) - (values[b] as number));
  // Equal values share the group in which the first of them falls.
  const groupOf = new Map<number, number>();
  sorted.forEach((row, i) => {
    const value = values[row] as number;
    if (!groupOf.has(value)) groupOf.set(value, Math.floor((i * mostGroups) / sorted.length));
  });
  return [...Map.groupBy(rows, (row) => groupOf.get(values[row] as number) ?? 0).values()];
}

function meanOf(rows: readonly number[], scores: ArrayLike<number>): number {
  return rows.reduce((sum, row) => sum + (scores[row] as number), 0) / rows.length;
}
