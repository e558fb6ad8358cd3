/** Finds what was probably meant by an option that does not exist. */

/** Dotted paths of all values in a configuration, those of groups too: ['data', 'data.crop', ...]. Arrays are one value. */
export function optionPaths(config: unknown, path = ''): readonly string[] {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return [];
  return Object.entries(config).flatMap(([key, value]) => {
    const own = path === '' ? key : `${path}.${key}`;
    return [own, ...optionPaths(value, own)];
  });
}

/**
 * The path among `known` whose last part is most like that of `unknown`: equal (elsewhere), misspelt, or begun by it; on a tie the one in
 * the same group, then the shortest. Undefined when none is like it.
 */
export function nearestOption(unknown: string, known: readonly string[]): string | undefined {
  const word = lastPart(unknown);
  const scored = known
    .map((path) => ({ path, unlikeness: unlikeness(word, lastPart(path)) + (groupOf(path) === groupOf(unknown) ? 0 : 0.5) }))
    .filter((entry) => entry.unlikeness < Infinity)
    .sort((a, b) => a.unlikeness - b.unlikeness || a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  return scored[0]?.path;
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('.') + 1).toLowerCase();
const groupOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** Letters to change, as long as they are at most a third of the word; 1 when `word` is the beginning of `candidate`. */
function unlikeness(word: string, candidate: string): number {
  const edits = editDistance(word, candidate);
  if (edits <= Math.floor(word.length / 3)) return edits;
  return word.length >= 3 && candidate.startsWith(word) ? 1 : Infinity;
}

/** Levenshtein's distance: insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
