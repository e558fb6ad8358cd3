/**
 * Spearman's rank correlation in [-1, 1]: Pearson's of the ranks, equal values share their mean rank. Pairs with a value that is not finite
 * are left out; undefined when one side has only equal values or fewer than two pairs are there.
 */
export function spearmanRho(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length !== b.length) throw new RangeError(`spearmanRho: ${a.length} values against ${b.length}`);
  const pairs = a.map((value, i) => [value, b[i] as number] as const).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const [x, y] = [ranks(pairs.map((pair) => pair[0])), ranks(pairs.map((pair) => pair[1]))];
  const middle = (pairs.length - 1) / 2;
  const product = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, rank, i) => sum + (rank - middle) * ((q[i] ?? 0) - middle), 0);
  const spread = Math.sqrt(product(x, x) * product(y, y));
  return spread > 0 ? Math.max(-1, Math.min(1, product(x, y) / spread)) : undefined;
}

/** From 0; equal values get the mean of the ranks that they take together. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((i, j) => (values[i] as number) - (values[j] as number));
  const result = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (let i = start; i < end; i++) result[order[i] as number] = (start + end - 1) / 2;
    start = end;
  }
  return result;
}
